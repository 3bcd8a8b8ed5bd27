// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit

extension Repl {
  /// How deep scripts may run scripts.
  private static let depth = 16

  /// `\i`: the lines of a file.
  func include(_ words: [String]) async throws {
    let path = path(try Backslash.one(words, "\\i FILE"))
    guard scriptDepth < Self.depth else {
      throw UsageError("scripts run scripts more than \(Self.depth) deep: \(path)")
    }
    let lines = try Self.lines(of: path, system)
    scriptDepth += 1
    let code = await run(script: lines, from: .file(path))
    scriptDepth -= 1
    if Task.isCancelled { throw CancellationError() }
    guard code == .success else { throw Failure(code, "script", "\(path): not everything succeeded") }
  }

  /// The lines of a script.
  static func lines(of path: String, _ console: Console) throws -> ScriptLines {
    do throws(FileFault) {
      return ScriptLines(String(decoding: try console.readFile(path, 16 << 20), as: UTF8.self))
    } catch {
      throw Failure(error.isMissing ? .notFound : .badConfiguration, "file", "\(error)")
    }
  }

  // MARK: The editor

  /// `\e`: the last request, or a call of a tool with all it takes.
  func edit(_ words: [String]) async throws {
    guard terminal != nil else { throw UsageError("\\e needs a terminal") }
    let text = try await words.isEmpty ? lastRequest?.text ?? "" : skeleton(try Backslash.one(words, "\\e [TOOL]"))
    let editor = Editor(console: system) { [self] in try await inForeground($0) }
    let edited = try await editor.edit(text + "\n", otherwise: "nothing was run")
    guard case .statements(let statements) = try StatementReader.read(edited) else {
      throw UsageError("what was written ends within a quote or a brace")
    }
    guard !statements.isEmpty else { return say("nothing to run", console()) }
    let line = statements.map(\.text).joined(separator: "; ")
    console().error.print(console().error.dim(safeText(line)))
    remember(line)
    for statement in statements { if await run(statement) == .interrupted { throw CancellationError() } }
  }

  /// A call with every argument a tool takes, required ones first, and above it what each may be.
  private func skeleton(_ tool: String) async throws -> String {
    let (server, name) = try owner(of: tool)
    let found = try await server.scene.find(name, in: .tools, key: "name", noun: "tool")
    let schema = InputSchema(found["inputSchema"]?.object ?? [:])
    let needed = schema.required
    let properties =
      schema.properties.filter { needed.contains($0.name) } + schema.properties.filter { !needed.contains($0.name) }
    var lines = ["# \(oneLine(tool)) \(schema.signature)"]
    for (name, property) in properties {
      let meaning = property.description.map { ": \(oneLine($0))" } ?? ""
      lines.append("# \(name)\(needed.contains(name) ? "*" : "") \(property.kind)\(meaning)")
    }
    var arguments = JSONObject()
    for (name, property) in properties { arguments[name] = property.placeholder }
    return lines.map { $0 + "\n" }.joined() + "call \(shellWord(tool)) \(JSON.object(arguments).pretty)"
  }

  // MARK: Programs and history

  func runShell(_ command: String) async throws {
    guard !command.isEmpty else { throw UsageError("write \\! COMMAND") }
    system.output.flush()
    let status = try await inForeground(command)
    guard status == 0 else { throw Failure(.negative, "program", "\(command.shortened) ended with \(status)") }
  }

  /// Runs a shell command that has the terminal meanwhile; what it ended with.
  nonisolated func inForeground(_ command: String) async throws -> Int32 {
    guard let terminal else { return try await EventIO.runInForeground(shell: command) }
    await terminal.settled()
    return try await terminal.lend(as: .lent) { try await EventIO.runInForeground(shell: command) }
  }

  /// `\history` and `\s`: the lines typed so far.
  func showHistory(_ words: [String], ofAll: Bool, _ console: Console) async throws {
    guard let history = History(system.environment) else {
      throw UsageError("there is no place for a history: HOME is not set")
    }
    var entries: [History.Entry]
    do throws(IOError) { entries = try history.load() } catch { throw Failure(.internalError, "file", error.message) }
    let names = Set(servers.map { oneLine($0.name) })
    if !ofAll {
      entries.removeAll { entry in names.isDisjoint(with: entry.servers?.split(separator: "+").map(String.init) ?? []) }
    }
    let text = entries.map { $0.text + "\n" }.joined()
    guard let path = words.first else { return try await paged(safeText(text), console) }
    let file = try ResultFile(self.path(path))
    file.write(text)
    say("\(entries.count) lines written to \(path)", console)
  }
}

extension InputSchema {
  /// What stands for the value until somebody writes another.
  fileprivate var placeholder: JSON {
    if let given = here["default"] ?? here["examples"]?[0] ?? values?.first { return given }
    switch types.first ?? alternatives.first?.types.first {
    case "integer", "number": return here["minimum"] ?? 0
    case "boolean": return false
    case "array": return []
    case "object": return [:]
    case "null": return .null
    default: return ""
    }
  }
}

/// The lines of a text, as a script is read.
struct ScriptLines: AsyncSequence, Sendable {
  typealias Element = String

  struct AsyncIterator: AsyncIteratorProtocol {
    var lines: [String].Iterator
    mutating func next() async throws -> String? { lines.next() }
  }

  private let lines: [String]

  init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  init(_ lines: [String]) { self.lines = lines }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lines: lines.makeIterator()) }
}

/// The lines of standard input, as they come.
struct InputLines: AsyncSequence, Sendable {
  typealias Element = String

  struct AsyncIterator: AsyncIteratorProtocol {
    let streams: StandardStreams
    mutating func next() async throws -> String? {
      do throws(IOError) {
        guard let line = try await streams.line() else { return nil }
        return String(decoding: line, as: UTF8.self)
      } catch {
        throw mcpctl.Failure(.badArguments, "input", error.message)
      }
    }
  }

  let streams: StandardStreams

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(streams: streams) }
}
