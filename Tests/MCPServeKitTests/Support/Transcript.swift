// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSONKit
import Testing

/// A conversation written down: prose, lines the client sends (`> `) and lines the server must send (`< `).
///
/// A value `"$name"` in a line of the server is whatever it sends there, and is put in where `$name` stands in a later
/// line of the client. One that holds over channels only says so in a line `Over channels only.`, one with a server whose
/// tools ask the client in a line `The server asks.`, one with tasks in a line `The server has tasks.`
struct Transcript: CustomTestStringConvertible {
  enum Line {
    case client(String, number: Int)
    case server(JSON, number: Int)
  }

  let name: String
  let lines: [Line]
  let isForChannelsOnly: Bool
  let asks: Bool
  /// Whether the server has tools that may be called as tasks.
  let hasTasks: Bool

  var testDescription: String { name }

  init(name: String, text: String) throws {
    self.name = name
    isForChannelsOnly = text.split(separator: "\n").contains("Over channels only.")
    hasTasks = text.split(separator: "\n").contains("The server has tasks.")
    asks = text.split(separator: "\n").contains("The server asks.")
    lines = try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      if line.hasPrefix("> ") { return .client(String(line.dropFirst(2)), number: index + 1) }
      if line.hasPrefix("< ") { return .server(try JSON(parsing: String(line.dropFirst(2))), number: index + 1) }
      return nil
    }
  }

  /// Every transcript below `Tests/Transcripts`.
  static let all: [Transcript] = {
    let root = String(#filePath.prefix(upTo: #filePath.range(ofFolder: "/MCPServeKitTests/"))) + "/Transcripts"
    return files(in: root).sorted().filter { $0.hasSuffix(".txt") }.map { path in
      do {
        return try Transcript(name: path, text: read(root + "/" + path))
      } catch {
        preconditionFailure("\(path): \(error)")
      }
    }
  }()
}

/// What the names of a transcript stand for.
typealias Bindings = [String: String]

extension String {
  /// The text with what its names stand for.
  func filled(_ bindings: Bindings) -> String {
    var text = self
    for (name, value) in bindings {
      text = text.split(separator: name, omittingEmptySubsequences: false).joined(separator: value)
    }
    return text
  }
}

/// Whether `actual` is what was expected.
func matches(_ actual: JSON, _ expected: JSON) -> Bool {
  var bindings: Bindings = [:]
  return matches(actual, expected, &bindings)
}

/// Whether `actual` is what was expected: members in any order, `"..."` for any value, `"$name"` for any string.
func matches(_ actual: JSON, _ expected: JSON, _ bindings: inout Bindings) -> Bool {
  switch (actual, expected) {
  case (_, .string("...")): return true
  case (.string(let value), .string(let name)) where name.hasPrefix("$"):
    bindings[name] = value
    return true
  case (.object(let actual), .object(let expected)):
    return actual.count == expected.count
      && expected.members.allSatisfy { member in
        actual[member.name].map { matches($0, member.value, &bindings) } ?? false
      }
  case (.array(let actual), .array(let expected)):
    return actual.count == expected.count && zip(actual, expected).allSatisfy { matches($0, $1, &bindings) }
  default: return actual == expected
  }
}

private func files(in root: String) -> [String] {
  var found: [String] = []
  for folder in entries(of: root) {
    for file in entries(of: root + "/" + folder) { found.append(folder + "/" + file) }
  }
  return found
}

private func entries(of folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}

private func read(_ path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

extension String {
  fileprivate func range(ofFolder name: String) -> Index {
    var index = startIndex
    while index < endIndex, !self[index...].hasPrefix(name) { index = self.index(after: index) }
    return index
  }
}
