// SPDX-License-Identifier: Apache-2.0
import EventIO

/// What in a folder may be a tool: a program, its manifest, or both.
struct ToolSource: Sendable, Hashable {
  /// The tool's name, unless the manifest gives another.
  let name: String
  let manifest: String?
  let program: String?
  /// Why it is not to be run.
  let fault: String?

  /// The file to speak of.
  var file: String { manifest ?? program ?? name }

  /// Pairs the files of a folder, in the order of their names. What is neither a manifest nor executable is no tool.
  static func all(in entries: [Folder.Entry]) -> [ToolSource] {
    let programs = entries.filter { $0.isExecutable && !$0.name.hasSuffix(suffix) }
    let manifests = entries.filter { $0.name.hasSuffix(suffix) && $0.name.utf8.count > suffix.utf8.count }
    var taken: Set<String> = []
    var sources: [ToolSource] = []
    for manifest in manifests {
      let name = String(manifest.name.dropLast(suffix.utf8.count))
      let program = programs.first { $0.name == name } ?? programs.first { $0.stem == name }
      if let program { taken.insert(program.name) }
      sources.append(ToolSource(name: name, manifest: manifest, program: program))
    }
    for program in programs where !taken.contains(program.name) {
      sources.append(ToolSource(name: program.stem, manifest: nil, program: program))
    }
    return sources.sorted { $0.name < $1.name }
  }

  private static let suffix = ".json"

  private init(name: String, manifest: Folder.Entry?, program: Folder.Entry?) {
    self.name = name
    self.manifest = manifest?.name
    self.program = program?.name
    fault = [manifest, program].compactMap { $0 }.first(where: \.isWritableByAll).map {
      "every user of this machine may change \($0.name): chmod o-w"
    }
  }
}

extension Folder.Entry {
  /// The name up to its last dot.
  fileprivate var stem: String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}
