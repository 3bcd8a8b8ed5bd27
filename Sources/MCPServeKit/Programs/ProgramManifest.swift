// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// What a file beside a program, or the program itself when it is run with `--describe`, says about the tool it is: the
/// specification's `Tool` object, and under `run` how it is started.
struct ProgramManifest: Sendable, Hashable {
  let tool: Tool
  /// The words to run, the program first; nil when the program is the file beside the manifest.
  let command: [String]?
  /// Where it runs, relative to the folder of the manifest; nil runs it in that folder.
  let directory: String?
  /// The names of the variables of ours it sees beside `alwaysSeen`.
  let environment: Set<String>
  /// Variables it is given.
  let variables: [String: String]
  let limits: ProgramLimits

  /// What every program sees of our environment, where it is set.
  static let alwaysSeen: Set<String> = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"]
  private static let known = [
    "command", "directory", "environment", "variables", "timeoutSeconds", "outputBytes", "cpuSeconds", "calls",
  ]

  /// Reads a manifest.
  /// - Parameters:
  ///   - name: the tool's name when the manifest gives none.
  ///   - limits: the most the manifest may ask for, and what it gets unless it asks for less.
  init(_ json: JSON, name: String, limits: ProgramLimits) throws(InvalidShape) {
    var listing = try JSONObject(shape: json, of: "the manifest")
    let run = try JSONObject(shape: listing["run"] ?? [:], of: "run")
    listing["run"] = nil
    if listing["name"] == nil { listing["name"] = .string(name) }
    tool = try Tool(json: .object(listing))
    guard tool.description?.isEmpty == false else {
      throw InvalidShape("description is missing: say what the tool does")
    }
    if let unknown = run.names.first(where: { !Self.known.contains($0) }) {
      let near = unknown.nearest(in: Self.known).map { "; did you mean '\($0)'?" } ?? ""
      throw InvalidShape("run has no member '\(unknown)'\(near)")
    }
    command = run.contains("command") ? try Self.words(run, "command") : nil
    if command?.isEmpty == true { throw InvalidShape("run.command is empty: name the program, then its arguments") }
    directory = run.contains("directory") ? try run.string("directory") : nil
    environment = Set(try Self.words(run, "environment"))
    variables = try Self.variables(run)
    self.limits = try Self.limits(run, within: limits)
  }

  private static func words(_ run: JSONObject, _ name: String) throws(InvalidShape) -> [String] {
    let words = try run.elements(name).map(\.string)
    guard words.allSatisfy({ $0?.utf8.contains(0) == false }) else {
      throw InvalidShape("run.\(name) must be an array of strings")
    }
    return words.compactMap { $0 }
  }

  private static func variables(_ run: JSONObject) throws(InvalidShape) -> [String: String] {
    let object = try JSONObject(shape: run["variables"] ?? [:], of: "run.variables")
    var variables: [String: String] = [:]
    for member in object.members {
      guard let value = member.value.string, !member.name.contains("="), !member.name.isEmpty else {
        throw InvalidShape("run.variables must be an object of strings")
      }
      variables[member.name] = value
    }
    return variables
  }

  private static func limits(_ run: JSONObject, within most: ProgramLimits) throws(InvalidShape) -> ProgramLimits {
    func number(_ name: String, _ most: Int) throws(InvalidShape) -> Int {
      guard run.contains(name) else { return most }
      guard let value = run[name]?.int, value >= 1, value <= most else {
        throw InvalidShape("run.\(name) must be a whole number from 1 to \(most)")
      }
      return value
    }
    return ProgramLimits(
      time: .seconds(try number("timeoutSeconds", Int(most.time.components.seconds))),
      output: try number("outputBytes", most.output),
      processorSeconds: try number("cpuSeconds", most.processorSeconds), calls: try number("calls", most.calls))
  }
}
