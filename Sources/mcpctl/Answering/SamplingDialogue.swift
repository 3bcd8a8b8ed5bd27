// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// Has whoever sits at the terminal say what a model would, or a program; nothing is sent that was not seen.
///
/// Spec: 2025-11-25, client/sampling, "User Interaction Model": a person sees and may change the prompt's answer, and may refuse.
struct SamplingDialogue {
  let question: ServerQuestion
  let dialogue: Dialogue
  let editor: Editor
  /// What --sampling-cmd names.
  let command: CommandResponder?

  /// What an answer is, until it is sent.
  fileprivate struct Draft {
    var answer: JSONObject
    /// Whether it stands on the screen already.
    var isSeen = false
  }

  /// Editors take orders from the last lines of a file, so that these must not be the server's.
  private static let ending = String(repeating: "---- what the server asks ends here ----\n", count: 6)
  private static let scissors = "---- what is below this line is not sent ----"

  /// - Throws: `RPCError` when the user declines.
  func run() async throws -> JSONObject {
    let page = SamplingPage(request: try Sampling.Request(json: question.params))
    for line in page.lines { dialogue.say(line) }
    while true {
      guard let draft = try await draft(page) else { continue }
      if let answer = try await reviewed(draft, page) { return answer }
    }
  }

  /// Asks who answers, and has that one do so; nil when nothing came of it.
  private func draft(_ page: SamplingPage) async throws -> Draft? {
    let first = command == nil ? "[T]ype" : "[R]un --sampling-cmd, (t)ype"
    switch try await dialogue.ask("Answer? \(first), (e)dit, (d)ecline: ")?.lowercased() {
    case "" where command != nil, "r", "run": return try await run()
    case "", "t", "type": return try await typed()
    case "e", "edit": return try await edited("", page)
    case "d", "decline", "n", "no", nil: throw Self.declined
    default: return nil
    }
  }

  /// Shows what would be sent and asks whether it may be; nil when another is wanted.
  private func reviewed(_ draft: Draft, _ page: SamplingPage) async throws -> JSONObject? {
    var draft = draft
    while true {
      if !draft.isSeen { for line in draft.lines { dialogue.say("  | \(line)") } }
      draft.isSeen = true
      switch try await dialogue.ask("Send this? [Y]es, (e)dit, (a)nother, (d)ecline: ")?.lowercased() {
      case "", "y", "yes": return draft.answer
      case "e", "edit": draft = try await edited(draft.text, page) ?? draft
      case "a", "another": return nil
      case "d", "decline", "n", "no", nil: throw Self.declined
      default: continue
      }
    }
  }

  // MARK: Who answers

  private func typed() async throws -> Draft? {
    dialogue.say("  (a line that is just . ends it)")
    var lines: [String] = []
    while let line = try await dialogue.line("  | "), line != "." { lines.append(line) }
    return Self.draft(lines.joined(separator: "\n"), isSeen: true)
  }

  private func edited(_ text: String, _ page: SamplingPage) async throws -> Draft? {
    do {
      let written = try await editor.edit(
        "\(text)\n\(Self.scissors)\n\(page.whole)\(Self.ending)", otherwise: "what it wrote is not taken")
      let lines = written.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0 != Self.scissors }
      return Self.draft(lines.joined(separator: "\n"))
    } catch let failure as Failure {
      dialogue.say("  \(oneLine(failure.message))")
      return nil
    }
  }

  private func run() async throws -> Draft? {
    guard let command else { return nil }
    do {
      return Draft(answer: try await command.answer(question))
    } catch let error as ClientError {
      dialogue.say("  --sampling-cmd: \(oneLine(error.message))")
      return nil
    }
  }

  // MARK: Answers

  /// Nil for an empty text.
  private static func draft(_ text: String, isSeen: Bool = false) -> Draft? {
    let text = text.trimmed
    return text.isEmpty ? nil : Draft(answer: .message(text, by: "a person"), isSeen: isSeen)
  }

  /// Spec: 2025-11-25, client/sampling, "Error Handling".
  private static let declined = RPCError(.userRejected, "User rejected sampling request")
}

extension SamplingDialogue.Draft {
  /// All of what it says, line by line: what is not seen must not be sent.
  fileprivate var lines: [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { safeText(String($0)) }
  }

  /// What it says; what is no text as JSON.
  fileprivate var text: String {
    let blocks = answer["content"]?.array ?? answer["content"].map { [$0] } ?? []
    return blocks.map { $0["text"]?.string ?? $0.text }.joined(separator: "\n")
  }
}
