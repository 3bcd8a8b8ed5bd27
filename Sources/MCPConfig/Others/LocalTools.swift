// SPDX-License-Identifier: Apache-2.0

/// Checks a file that lists local tools, such as `local_tools.yaml`.
package struct LocalTools {
  private static let keys: [ConfigKey] = [
    ConfigKey(
      "local_mcp_fun",
      .items([
        ConfigKey("name", .text, "What the tool is called."), ConfigKey("description", .text, "What it does."),
        ConfigKey("enabled", .boolean, "Whether it is offered."),
      ]), "The local tools.")
  ]

  /// - Throws: `ReadFault` when the file cannot be read at all.
  package static func problems(
    in file: String, _ surroundings: Surroundings, limits: ConfigLimits = ConfigLimits()
  ) throws(Surroundings.ReadFault) -> [Problem] {
    let (root, faults) = ConfigLoader(surroundings, limits: limits).parse(
      try surroundings.readFile(file, limits.bytes), file)
    guard let root else { return faults }
    var layer = FileLayer(file: file, variables: Variables(environment: surroundings.environment))
    layer.read(root, KeyIndex(keys))
    var problems = faults + layer.layer.problems
    var names: [String: Mark] = [:]
    for (index, tool) in (root["local_mcp_fun"]?.elements ?? []).enumerated() where tool.entries != nil {
      let path = "local_mcp_fun[\(index)]"
      guard let name = tool["name"], let text = name.scalar?.text, !text.isEmpty else {
        problems.append(Problem(.incomplete, .file(file, tool.mark), path, "has no name", "add name"))
        continue
      }
      if let first = names[text] {
        problems.append(
          Problem(
            .duplicateKey, .file(file, name.mark), "\(path).name", "'\(clipped(text))' is taken",
            "it stands in line \(first.line) already; choose another"))
      }
      names[text] = name.mark
      if tool["description"]?.scalar?.text.isEmpty != false {
        problems.append(
          Problem(
            .warning, .incomplete, .file(file, tool.mark), path, "has no description",
            "add description, so that models know what it is for"))
      }
    }
    if root["local_mcp_fun"] == nil {
      problems.append(
        Problem(.incomplete, .file(file, root.mark), "", "there is no 'local_mcp_fun'", "add the list of local tools"))
    }
    return Array(problems.sortedByPlace.prefix(limits.problems))
  }
}
