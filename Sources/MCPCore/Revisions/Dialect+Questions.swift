// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// How a revision spells what a server asks.
extension Dialect {
  /// The parameters of `sampling/createMessage`: before 2025-11-25 each block is a message of its own, and before
  /// 2025-03-26 there are no sounds.
  func sampling(_ request: Sampling.Request) -> JSONObject {
    guard !revision.hasSamplingTools else { return request.json }
    var request = request
    request.messages = request.messages.flatMap { message in
      message.content.map { Sampling.Message(message.role, [readable($0)], meta: message.meta) }
    }
    return request.json
  }

  private func readable(_ content: Sampling.Content) -> Sampling.Content {
    guard case .audio(_, let type) = content, !revision.hasAudio else { return content }
    return .text("[audio, \(type): not available in revision \(revision)]")
  }

  /// The parameters of `elicitation/create`: before 2025-11-25 several values cannot be chosen, and a field for them is
  /// left out when that is allowed.
  func form(_ form: Elicitation.Form) throws(QuestionError) -> JSONObject {
    guard !revision.hasURLElicitation else { return form.json(in: revision) }
    var form = form
    for field in form.fields where field.isRequired && field.hasSeveralValues {
      throw QuestionError(
        .malformed, "\(field.name) takes several values, which forms of revision \(revision) cannot: make it optional")
    }
    form.fields.removeAll(where: \.hasSeveralValues)
    return form.json(in: revision)
  }

  /// The result that ends a round.
  func inputRequired(_ input: InputRequired, from server: JSON) -> JSONObject {
    var members: [JSONObject.Member] = [.init(name: "resultType", value: "input_required")]
    if !input.requests.isEmpty { members.append(.init(name: "inputRequests", value: .object(input.requests))) }
    if let state = input.state { members.append(.init(name: "requestState", value: .string(state))) }
    members.append(.init(name: "_meta", value: .object([MetaKey.serverInfo: server])))
    return JSONObject(members)
  }
}

extension Elicitation.Field {
  fileprivate var hasSeveralValues: Bool { if case .some = kind { true } else { false } }
}
