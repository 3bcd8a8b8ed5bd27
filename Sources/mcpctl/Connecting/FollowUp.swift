// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO

/// Writes commands for people to copy, such that they reach the server the command at hand talks to.
///
/// What was said on the command line has to be said again; what the environment or a file says, holds for the next command, too.
struct FollowUp: Sendable, Equatable {
  /// Where the command is going to be typed.
  enum Place { case shell, repl }

  var place = Place.shell
  /// What --server was given, or a word in its place.
  var server: String?
  /// The words after `--`.
  var program: [String] = []
  /// Further options of the connection, none of them a secret.
  var options: [String] = []

  init() {}

  init(_ options: ConnectionOptions, program: [String]) {
    (server, self.program) = (options.server, program)
    if options.transport != .auto { self.options += ["--transport", options.transport.rawValue] }
    if options.protocol != .auto { self.options += ["--protocol", options.protocol.rawValue] }
    self.options += options.header.flatMap { ["-H", Self.masked($0, after: ":")] }
    self.options += options.env.flatMap { ["-E", Self.masked($0, after: "=")] }
    if options.askpass { self.options.append("--askpass") }
    for (name, file) in [("--cacert", options.cacert), ("--cert", options.cert), ("--key", options.key)] {
      if let file { self.options += [name, file] }
    }
    if options.insecure { self.options.append("--insecure") }
    if let name = options.bearerEnv { self.options += ["--bearer-env", name] }
    if let file = options.bearerFile { self.options += ["--bearer-file", file] }
    if let folder = options.cwd { self.options += ["--cwd", folder] }
  }

  /// A header or a variable whose value anybody may see where it only says where the value is.
  private static func masked(_ word: String, after separator: Character) -> String {
    guard let place = word.firstIndex(of: separator) else { return word }
    let value = String(word[word.index(after: place)...]).trimmed
    if separator == ":", value.hasPrefix("env:") || value.hasPrefix("file:") { return word }
    return "\(word[...place])\(separator == ":" ? " " : "")…"
  }

  /// `words`, the name of a command and what follows it, as a line: `mcpctl -s prod tools ls`.
  func callAsFunction(_ words: String) -> String { beginning(words) + ending }

  /// The line up to where more arguments of the command may stand.
  func beginning(_ words: String) -> String {
    guard place == .shell else { return ShellWords.command(words) }
    let server = server.map { ["-s", $0.contains("://") ? HTTPURL.shown($0) : $0] } ?? []
    return (["mcpctl"] + (server + options).map(shellWord) + [words]).joined(separator: " ")
  }

  /// What stands behind all arguments: the program to start, with a blank in front.
  var ending: String {
    guard place == .shell, !program.isEmpty else { return "" }
    return " -- " + withoutSecrets(program).map(shellWord).joined(separator: " ")
  }
}
