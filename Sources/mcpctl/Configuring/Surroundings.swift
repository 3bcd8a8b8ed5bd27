// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPConfig

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Console {
  /// What a configuration may refer to: this machine, as the console shows it. `-` is standard input.
  var surroundings: Surroundings {
    Surroundings(
      environment: environment,
      readFile: { path, limit throws(Surroundings.ReadFault) in
        do throws(FileFault) {
          return path == "-" ? try self.input.readToEnd(limit: limit) : try self.readFile(path, limit)
        } catch {
          throw Surroundings.ReadFault("\(error)")
        }
      },
      exists: { access($0, F_OK) == 0 }, isCommand: { self.isCommand($0) })
  }

  /// Whether a command can be started, by its path or by a name in PATH.
  func isCommand(_ word: String) -> Bool {
    guard !word.contains("/") else { return Directory.holdsProgram(word) }
    return (environment("PATH") ?? "").split(separator: ":").contains { Directory.holdsProgram("\($0)/\(word)") }
  }
}

extension ConfigLoader {
  /// Where a configuration is when no option names one.
  static let variable = "MCP_CONFIG_PATH"

  /// Loads what a command was given.
  /// - Throws: `Failure` when the file cannot be read at all.
  static func load(
    _ file: String?, flags: [String: [String]] = [:], allowsMissingVariables: Bool = false,
    readsEnvironment: Bool = true, in console: Console
  ) throws(Failure) -> Loaded {
    do throws(Surroundings.ReadFault) {
      return try ConfigLoader(console.surroundings).load(
        file: file, flags: flags, allowsMissingVariables: allowsMissingVariables, readsEnvironment: readsEnvironment)
    } catch {
      throw unreadable(error)
    }
  }

  static func unreadable(_ fault: Surroundings.ReadFault) -> Failure {
    Failure(.badConfiguration, "config", fault.reason)
  }

  /// The file meant by `word`, or by the environment; nil when there is none.
  static func file(_ word: String?, in console: Console) -> String? {
    if let word { return word }
    guard let path = console.environment(variable), !path.isEmpty else { return nil }
    return path
  }

  /// The same where there has to be one.
  static func requiredFile(_ word: String?, in console: Console) throws(Failure) -> String {
    guard let file = file(word, in: console) else {
      throw Failure(
        .badConfiguration, "config", "no configuration is named",
        hint: "name a file, or set \(variable); `mcpctl config init` writes one")
    }
    return file
  }
}
