// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore

/// Asks whoever sits at the terminal, one question at a time.
struct TerminalResponder: Responder {
  private(set) var skills: Skills
  private let console: Console
  private let talk: Talk
  /// What may answer sampling in place of the user.
  private let command: CommandResponder?
  private let turns = Turns()

  init(_ console: Console, _ talk: Talk, command: CommandResponder? = nil) {
    skills = Skills([.forms, .urls, .sampling]).union(command?.skills ?? [])
    self.console = console
    self.talk = talk
    self.command = command
  }

  /// The same for questions of these kinds alone; they take turns with the others.
  func only(_ skills: Skills) -> TerminalResponder {
    var other = self
    other.skills = skills
    return other
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
    stream.print("\(stream.bold("[\(oneLine(question.server)) asks]")) \(safeText(question.asked))")
    let dialogue = Dialogue(console: console)
    switch question.kind {
    case .url: return try await URLConsent(dialogue: dialogue).ask(question.params["url"]?.string ?? "")
    case .sampling:
      let running: @Sendable (String) async throws -> Int32 = { command in
        guard let listener = talk.listener else { return try await EventIO.runInForeground(shell: command) }
        return try await listener.running(command)
      }
      return try await SamplingDialogue(
        question: question, dialogue: dialogue, editor: Editor(console: console, running: running), command: command
      ).run()
    case .form, .roots: return try await FormDialogue(form: try question.form(), dialogue: dialogue).run()
    }
  }
}

extension ServerQuestion {
  /// What it asks, in a line for people.
  var asked: String { kind == .sampling ? "for an answer of a model" : message }
}

/// Says and asks things at a terminal.
struct Dialogue {
  let console: Console

  func say(_ text: String) { console.error.print(text) }

  /// The line typed after `prompt`, without blanks around it; nil when the input was ended.
  func ask(_ prompt: String, isHidden: Bool = false) async throws -> String? {
    try await line(prompt, isHidden: isHidden)?.trimmed
  }

  /// The same with its blanks.
  func line(_ prompt: String, isHidden: Bool = false) async throws -> String? {
    console.error.write(prompt)
    console.error.flush()
    return try await console.input.line(isHidden: isHidden)
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
