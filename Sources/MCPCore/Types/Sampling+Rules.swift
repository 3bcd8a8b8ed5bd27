// SPDX-License-Identifier: Apache-2.0

extension Sampling.Request {
  /// Refuses a conversation in which calls and outputs do not pair up: a message with calls is followed by one of the
  /// user with an output for each and nothing else.
  ///
  /// Spec: 2025-11-25, client/sampling, "Message Content Constraints".
  /// - Throws: `InvalidShape` naming the message.
  public func check() throws(InvalidShape) {
    var open: Set<String> = []
    for (number, message) in messages.enumerated() {
      let uses = message.content.compactMap { if case .toolUse(let use) = $0 { use.id } else { nil } }
      let outputs = message.content.compactMap { if case .toolOutput(let output) = $0 { output.id } else { nil } }
      guard Set(outputs) == open, outputs.count == open.count else {
        throw InvalidShape("messages[\(number)] must have one tool_result for each tool_use before it, and no other")
      }
      if !outputs.isEmpty {
        guard message.role == .user, outputs.count == message.content.count else {
          throw InvalidShape("messages[\(number)] has tool_results, so it must be of the user and have nothing else")
        }
      }
      guard uses.isEmpty || message.role == .assistant else {
        throw InvalidShape("messages[\(number)] has a tool_use, so it must be of the assistant")
      }
      guard Set(uses).count == uses.count else { throw InvalidShape("messages[\(number)] uses an id twice") }
      open = Set(uses)
    }
    guard open.isEmpty else { throw InvalidShape("the last message has a tool_use without a tool_result") }
  }
}
