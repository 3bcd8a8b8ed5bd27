// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore

/// Who answers when the server asks something.
struct AnswerOptions: OptionGroup {
  /// The most bytes of prepared answers.
  private static let limit = 16 << 20
  private static let format = "`mcpctl help answers` shows the format"

  @Option(
    "Answers to what the server asks, - for standard input: see `mcpctl help answers`.", value: "FILE",
    completion: .file)
  var answer: String?
  @Option(
    "Shell command that answers in place of a model (sampling): JSON on its input, JSON or text on its output. At a "
      + "terminal you are asked before it is run, and before its answer is sent.",
    value: "CMD")
  var samplingCmd: String?
  @Option("Directory to tell the server that it may work in (a root).", value: "DIR", completion: .directory) var root:
    [String]
  @Flag("Ask nobody at the terminal.") var noInput: Bool

  /// The responder these options ask for; nil when nobody can answer anything.
  /// - Parameter roots: the roots of who may change them later; they begin with those that are named here.
  func responder(_ console: Console, _ talk: Talk, roots: OfferedRoots? = nil) throws -> (any Responder)? {
    var parts: [any Responder] = []
    let named = try root.map(directory)
    let prepared = try answer.map { try script($0, console) }
    if let roots {
      roots.begin(with: named.isEmpty ? prepared?.roots ?? [] : named)
      parts.append(roots)
    } else if !named.isEmpty {
      parts.append(RootsResponder(directories: named))
    }
    let command = samplingCmd.map { CommandResponder([.sampling, .samplingWithTools], "/bin/sh", ["-c", $0]) }
    let asks = !noInput && console.input.isTerminal && console.error.isTerminal
    let person = asks ? TerminalResponder(console, talk, command: command) : nil
    if let command { parts.append(person?.only(command.skills) ?? command) }
    if let prepared { parts.append(prepared.responder) }
    if let person { parts.append(person) }
    return parts.isEmpty ? nil : CombinedResponder(parts)
  }

  /// The answers of a file, and the roots among them.
  private func script(
    _ path: String, _ console: Console
  ) throws -> (responder: ScriptedResponder, roots: [String]) {
    let place = path == "-" ? "standard input" : path
    let text: [UInt8]
    do throws(FileFault) {
      text = path == "-" ? try console.input.readToEnd(limit: Self.limit) : try console.readFile(path, Self.limit)
    } catch {
      throw Failure(.badConfiguration, "config", "--answer: \(error)")
    }
    let script: JSON
    do throws(JSONError) {
      script = try JSON(parsing: text)
    } catch {
      throw Failure(.badConfiguration, "config", "--answer: \(place) is no JSON: \(error)", hint: Self.format)
    }
    do throws(InvalidShape) {
      let roots = script["roots"]?.array?.compactMap(\.string) ?? []
      return (try ScriptedResponder(script), roots)
    } catch {
      throw Failure(.badConfiguration, "config", "--answer: \(place): \(error)", hint: Self.format)
    }
  }

  private func directory(_ path: String) throws -> String {
    guard let directory = Directory.absolute(path) else {
      throw Failure(.badConfiguration, "config", "--root \(path): no such directory")
    }
    return directory
  }
}
