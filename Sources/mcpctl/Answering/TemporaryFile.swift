// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files that nobody else may read, for programs that read or change them.
enum TemporaryFile {
  /// Makes one.
  static func make(holding bytes: [UInt8], _ console: Console) throws -> String {
    let folder = console.environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var path = Array("\(folder)/mcpctl-XXXXXX".utf8CString)
    guard make(&path) else { throw Failure(.internalError, "file", "\(folder): \(Console.reason(errno))") }
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do {
      try console.writeFile(name, bytes)
    } catch {
      remove(name)
      throw error
    }
    return name
  }

  static func remove(_ path: String) { unlink(path) }

  /// Makes an empty file, and replaces the X at the end of its path.
  private static func make(_ path: inout [CChar]) -> Bool {
    let descriptor = mkstemp(&path)
    return descriptor >= 0 && close(descriptor) == 0
  }
}
