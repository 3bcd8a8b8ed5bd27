// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore

/// Answers what a server asks of its user by words such as `name=Ada`, which the form's own schema gives a type.
///
/// Words that do not fit are no answer at all: they are told to whoever awaits `refusal`, and the server waits on.
final class WordsResponder: Responder {
  /// What becomes of a question.
  enum Action: String, ChoiceValue { case accept, decline, cancel }

  let skills: Skills = [.forms, .urls]
  /// Why the words were not sent; nil when nobody wants to know any more.
  let refusal = Promise<Failure?>()
  private let words: [String]
  private let action: Action?
  private let console: Console

  init(_ words: [String], _ action: Action?, _ console: Console) {
    (self.words, self.action, self.console) = (words, action, console)
  }

  func answer(_ question: ServerQuestion) async throws -> JSONObject {
    if let action, action != .accept { return ["action": .string(action.rawValue)] }
    guard question.kind == .form else { return try await answer(url: question.params["url"]?.string ?? "") }
    let schema = question.params["requestedSchema"]?.object ?? [:]
    do throws(ArgumentFaults) {
      let source = ArgumentSource(words: words(for: InputSchema(schema)), base: nil, console: console)
      return ["action": "accept", "content": .object(try source.arguments(.init(schema: schema, noun: "form")))]
    } catch {
      try await refuse(
        Failure(
          .badArguments, "bad_arguments", "the words do not fit the form; nothing was sent",
          hint: "the form takes: \(InputSchema(schema).signature)", details: error.faults))
    }
  }

  /// A URL is shown, and accepted only by whoever said so: words are for forms.
  private func answer(url: String) async throws -> JSONObject {
    console.error.print("the server wants this URL to be opened: \(safeText(url))")
    guard action == .accept else {
      try await refuse(
        Failure(
          .badArguments, "url_asked", "the task asks for a URL to be opened, which no words answer; nothing was sent",
          hint: "open it yourself if you trust it, then: --action accept; or --action decline"))
    }
    return ["action": "accept"]
  }

  /// Gives no answer at all.
  private func refuse(_ failure: Failure) async throws -> Never {
    refusal.keep(failure)
    // An error would be an answer; the connection is about to be closed instead.
    try await Task.sleep(for: .seconds(600))
    throw CancellationError()
  }

  /// The words of a form when several are asked: those it has fields for, or all when that leaves something out.
  private func words(for schema: InputSchema) -> [String] {
    let fields = schema.properties.map(\.name)
    let own = words.filter { word in
      guard case .name(let name)? = (try? ArgumentWord(word))?.steps.first else { return false }
      return fields.contains(name)
    }
    let names = own.map { $0.prefix { $0 != "=" && $0 != ":" && $0 != "[" } }
    let isWhole = schema.required.allSatisfy { needed in names.contains { $0 == needed } }
    return isWhole && (!own.isEmpty || words.isEmpty) ? own : words
  }
}
