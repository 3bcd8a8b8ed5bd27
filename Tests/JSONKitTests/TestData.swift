// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSONKit

/// Public test suites that are used when they are there: `MCPCTL_TESTDATA`, else `../shared/testdata`.
enum TestData {
  static let root: String? = {
    let named = getenv("MCPCTL_TESTDATA").map { String(cString: $0) }
    let sources = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return [named, "/\(sources)/../shared/testdata"].compactMap { $0 }.first { access($0, R_OK) == 0 }
  }()

  /// Whether the suites are there; a test that needs them says so and counts as skipped without.
  static var isHere: Bool { root != nil }

  /// The names in the folder `path`, sorted.
  static func names(in path: String) -> [String] {
    guard let root, let folder = opendir("\(root)/\(path)") else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The files in the folder `path` and the folders in it, as paths below it.
  static func files(in path: String) -> [String] {
    names(in: path).flatMap { name in
      name.hasSuffix(".json") ? [name] : files(in: "\(path)/\(name)").map { "\(name)/\($0)" }
    }
  }

  static func json(_ path: String) throws -> JSON { try JSON(parsing: bytes(path)) }

  static func bytes(_ path: String) -> [UInt8] {
    guard let root, let file = fopen("\(root)/\(path)", "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }
}
