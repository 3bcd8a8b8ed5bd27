// SPDX-License-Identifier: Apache-2.0
import JSONKit

@testable import MCPConfig

/// A machine in memory.
func machine(
  _ files: [String: String] = [:], environment: [String: String] = [:], commands: Set<String> = []
) -> Surroundings {
  Surroundings(
    environment: { environment[$0] },
    readFile: { path, limit throws(Surroundings.ReadFault) in
      guard let text = files[path] else { throw Surroundings.ReadFault("\(path): No such file or directory") }
      guard text.utf8.count <= limit else { throw Surroundings.ReadFault("\(path): is larger than \(limit) bytes") }
      return Array(text.utf8)
    },
    exists: { files[$0] != nil }, isCommand: { commands.contains($0) })
}

/// Loads one file.
func load(
  _ text: String, as file: String = "c.yaml", environment: [String: String] = [:], flags: [String: [String]] = [:],
  files: [String: String] = [:], commands: Set<String> = [], limits: ConfigLimits = ConfigLimits()
) throws -> ConfigLoader.Loaded {
  let files = files.merging([file: text]) { $1 }
  return try ConfigLoader(machine(files, environment: environment, commands: commands), limits: limits).load(
    file: file, flags: flags)
}

/// Reads YAML, or JSON.
func nodes(_ text: String, json: Bool = false, limits: ConfigLimits = ConfigLimits()) -> (ConfigNode?, [String]) {
  let bytes = Array(text.utf8)
  let (node, problems) =
    json ? JSONReader.read(bytes, file: "f", limits: limits) : YAMLReader.read(bytes, file: "f", limits: limits)
  return (node, problems.map(\.description))
}

extension ConfigNode {
  /// The value without its places; all scalars are text.
  var json: JSON {
    switch value {
    case .scalar(let scalar): .string(scalar.text)
    case .sequence(let nodes): .array(nodes.map(\.json))
    case .mapping(let entries): .object(JSONObject(entries.map { .init(name: $0.key, value: $0.value.json) }))
    }
  }
}
