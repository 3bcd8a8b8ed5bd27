// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit

extension Repl {
  /// How long a server may take to suggest values.
  private static let patience = Duration.milliseconds(800)
  /// The most names of files looked at.
  private static let files = 500

  /// Completes what stands in front of the cursor.
  func complete(_ pending: String, _ text: String, _ cursor: Int) async -> Completions {
    let line = TypedLine(String(decoding: text.utf8.prefix(cursor), as: UTF8.self), after: pending)
    guard !line.isOpaque else { return Completions() }
    let completer = Completer(
      surface: line.words.first.flatMap(chosen)?.surface ?? surface, variables: variables.values.keys.sorted(),
      files: { [home = path("~")] in Self.fileNames($0, home: home) }, servers: serverNames, open: servers.map(\.name),
      roots: roots.directories)
    var (candidates, question) = completer.candidates(line)
    if let question { candidates += await answers(question, chosen: line.words.first.flatMap(chosen)) }
    let offered = Set(candidates.map(\.text))
    candidates += earlier(line).filter { !offered.contains($0.text) }
    return Completions(start: line.start, candidates: candidates.map(\.quoted).filter { oneLine($0.text) == $0.text })
  }

  /// The server of `@server` in front of a line.
  private func chosen(_ word: String) -> OpenServer? {
    word.hasPrefix("@") ? try? server(named: word.dropFirst()) : nil
  }

  private func answers(_ question: Completer.Question, chosen: OpenServer?) async -> [Completions.Candidate] {
    var reference = question.reference
    var asked = chosen
    if asked == nil {
      guard let (server, name) = try? owner(of: reference.name) else { return [] }
      (asked, reference) = (server, reference.renamed(name))
    }
    guard let client = asked?.scene.client, client.negotiated.capabilities["completions"] != nil else { return [] }
    let options = RequestOptions(idleTimeout: Self.patience, totalTimeout: Self.patience)
    let values = try? await client.complete(
      question.argument, from: question.prefix, of: reference, chosen: question.chosen, options: options)
    return (values ?? []).filter { $0.hasPrefix(question.prefix) }.map {
      let isArgument = if case .prompt = reference { true } else { false }
      return Completions.Candidate(text: question.lead + (isArgument ? ArgumentWord.written($0) : $0) + question.tail)
    }
  }

  /// Values an argument of a tool or a prompt was given before.
  private func earlier(_ line: TypedLine) -> [Completions.Candidate] {
    let words = line.words.drop { $0.hasPrefix("@") || ["call", "tools/call", "prompt", "prompts/get"].contains($0) }
    guard let tool = words.first, let equals = line.begun.firstIndex(of: "="), line.quote == nil else { return [] }
    let lead = line.begun[...equals]
    let name = String(lead.dropLast())
    guard name.allSatisfy({ $0 != ":" && $0 != "[" }), !name.isEmpty else { return [] }
    let isPrompt = line.words.contains { ["prompt", "prompts/get"].contains($0) }
    let offered = line.words.first.flatMap(chosen)?.surface ?? surface
    let schema = isPrompt ? nil : offered.element(.tools, tool).map { InputSchema($0["inputSchema"]?.object ?? [:]) }
    // What was refused is in the history, too.
    let fitting = typed.values(of: name, to: tool).filter { schema?.takes($0, for: name) ?? true }
    return fitting.map { Completions.Candidate(text: lead + $0, meaning: "given before") }
      .filter {
        $0.text.hasPrefix(line.begun)
      }
  }

  private func serverNames() -> [String] {
    let listed = try? ServerBook(system.environs).entries.map(\.name)
    return [TargetResolver.builtin] + (listed ?? [])
  }

  /// A path as a shell takes it: `~` is the home of the user.
  func path(_ word: String) -> String {
    guard word == "~" || word.hasPrefix("~/"), let home = system.environment("HOME"), !home.isEmpty else { return word }
    return home + word.dropFirst()
  }

  /// The files whose names begin so, folders with a slash behind them.
  private static func fileNames(_ begun: String, home: String) -> [String] {
    let slash = begun.lastIndex(of: "/")
    let lead = slash.map { String(begun[...$0]) } ?? ""
    let folder = lead.hasPrefix("~/") ? home + lead.dropFirst() : lead
    let entries = try? Folder(folder.isEmpty ? "." : folder).entries(limit: 10_000)
    let names = (entries ?? []).filter { "\(lead)\($0.name)".hasPrefix(begun) }.prefix(files)
    return names.map { lead + $0.name + ($0.isFile ? "" : "/") }
  }
}

extension InputSchema {
  /// Whether the argument of that name may be what stands behind `=`.
  func takes(_ value: String, for name: String) -> Bool {
    guard let text = ArgumentWord.begun(value) else { return true }  // a file: what is in it is seen when it is read
    guard let schema = member(name) else { return !isClosed }
    guard let readings = try? schema.readings(of: text) else { return false }
    // A list is given by several words, of which one alone may be too few.
    return schema.allowsArray || readings.contains(where: schema.admits)
  }
}

extension Completions.Candidate {
  /// With what a line needs to take it as one word.
  var quoted: Completions.Candidate {
    func isSpecial(_ text: some StringProtocol) -> Bool {
      text.contains { $0.isWhitespace || ";'\"\\{|&$".contains($0) }
    }
    guard isSpecial(text), !text.hasPrefix("\\"), !isVariable else { return self }
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let shown =
      parts.count == 2 && !isSpecial(parts[0]) ? "\(parts[0])=\(shellQuoted(String(parts[1])))" : shellQuoted(text)
    return Completions.Candidate(text: shown, meaning: meaning, endsWord: endsWord)
  }
}
