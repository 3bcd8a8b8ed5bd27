// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore

/// Asks whoever sits at the terminal, one question at a time.
struct TerminalResponder: Responder {
  let skills: Skills = [.forms, .urls]
  private let console: Console
  private let talk: Talk
  private let turns = Turns()

  init(_ console: Console, _ talk: Talk) {
    self.console = console
    self.talk = talk
  }

  func answer(_ question: ServerQuestion) async throws -> JSONObject {
    let isOver = try await talk.listener?.asking(question)
    defer { isOver?() }
    try await turns.take()
    let result: Result<JSONObject, any Error>
    do { result = .success(try await ask(question)) } catch { result = .failure(error) }
    await turns.pass()
    return try result.get()
  }

  private func ask(_ question: ServerQuestion) async throws -> JSONObject {
    talk.endProgress()
    let stream = console.error
    stream.print("\(stream.bold("[\(oneLine(question.server)) asks]")) \(safeText(question.message))")
    let dialogue = Dialogue(console: console)
    return question.kind == .url
      ? try await URLConsent(dialogue: dialogue).ask(question.params["url"]?.string ?? "")
      : try await FormDialogue(form: try question.form(), dialogue: dialogue).run()
  }
}

/// Says and asks things at a terminal.
struct Dialogue {
  let console: Console

  func say(_ text: String) { console.error.print(text) }

  /// The line typed after `prompt`, without blanks around it; nil when the input was ended.
  func ask(_ prompt: String, isHidden: Bool = false) async throws -> String? {
    console.error.write(prompt)
    console.error.flush()
    return try await console.input.line(isHidden: isHidden)?.trimmed
  }
}

/// Lets one task after the other pass.
private actor Turns {
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async throws {
    if isTaken { await withCheckedContinuation { waiting.append($0) } } else { isTaken = true }
    if Task.isCancelled {
      pass()
      throw CancellationError()
    }
  }

  func pass() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}
