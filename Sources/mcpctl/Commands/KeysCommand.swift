// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPServeKit

/// `mcpctl keys`
struct KeysCommand: CommandGroup {
  static let info = CommandInfo(
    "keys", "Make API keys for a server.",
    discussion: [
      "`mcpctl serve --auth-keys FILE` lets in whoever sends one of the keys in FILE, as `Authorization: Bearer KEY` or as "
        + "`X-API-Key: KEY`. The file has one line for each key: a name, `sha256:` with the digest of the key, and its scopes. "
        + "Empty lines and those that begin with # are left out.",
      "The key itself is nowhere in the file: who loses it needs a new one.",
    ])
  static let subcommands: [any Command.Type] = [KeysNewCommand.self]
}

/// `mcpctl keys new`
struct KeysNewCommand: Command {
  static let info = CommandInfo(
    "new", "Make a key, and the line that has a server accept it.",
    discussion: ["With --add, the line is added to a file, and the key alone is printed."],
    examples: [
      .init("mcpctl keys new ci --scope tools:read", "Prints a key and its line."),
      .init("mcpctl keys new ci --add keys.txt > ci.key", "Adds the line to keys.txt and keeps the key in ci.key."),
    ])

  @Argument("Whose key it is, for logs.", value: "NAME") var name: String
  @Option("Scope it grants.", value: "SCOPE") var scope: [String]
  @Option("Add the line to this file.", value: "FILE", completion: .file) var add: String?
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    let made: (key: APIKey, secret: String)
    do throws(AuthorizationError) {
      made = try APIKey.random(name: name, scopes: Set(scope))
    } catch {
      throw UsageError(error.message)
    }
    if let add { try append(made.key, to: add, console) }
    let object: JSONObject = [
      "name": .string(name), "key": .string(made.secret), "line": .string(made.key.line),
      "scopes": .array(made.key.scopes.sorted().map(JSON.string)),
    ]
    let text = add == nil ? "key:  \(made.secret)\nline: \(made.key.line)\n" : made.secret + "\n"
    try output.printer.show(
      Presentation(.object(object), text: text, value: .string(made.secret), names: [name]), on: console)
    if add == nil { console.error.print("the key is not kept anywhere: this is the only time it is shown") }
    return .success
  }

  private func append(_ key: APIKey, to path: String, _ console: Console) throws {
    var bytes: [UInt8] = []
    do throws(FileFault) {
      bytes = try console.readFile(path, 4 << 20)
    } catch {
      guard error.isMissing else { throw Failure(.badConfiguration, "file", "\(error)") }
    }
    if !bytes.isEmpty {
      let known: [APIKey]
      do throws(AuthorizationError) { known = try APIKey.keys(inFile: path) } catch {
        throw Failure(.badConfiguration, "config", error.message)
      }
      if known.contains(where: { $0.name == key.name }) {
        throw Failure(
          .badConfiguration, "config", "\(path) has a key of '\(key.name)': choose another name, or remove its line")
      }
    }
    if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    try console.write(String(decoding: bytes, as: UTF8.self) + key.line + "\n", to: path)
  }
}
