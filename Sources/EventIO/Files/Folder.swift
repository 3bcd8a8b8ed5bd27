// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A folder of the file system.
package struct Folder: Sendable {
  /// Something in a folder, symbolic links followed.
  package struct Entry: Sendable, Hashable {
    package let name: String
    package let isFile: Bool
    /// Whether we may execute it.
    package let isExecutable: Bool
    /// Whether every user of the machine may change it.
    package let isWritableByAll: Bool
  }

  package let path: String
  package init(_ path: String) { self.path = path }

  /// Whether every user of the machine may change what is in it.
  package var isWritableByAll: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IWOTH != 0
  }

  /// What is in the folder, hidden files left out, by name.
  /// - Throws: `IOError` `.invalid` naming the folder when it cannot be read, or has more than `limit` entries.
  package func entries(limit: Int = 10_000) throws(IOError) -> [Entry] {
    try names(limit: limit).sorted().compactMap(entry)
  }

  /// The names of what is in the folder, hidden files left out, in no order.
  /// - Throws: as `entries`.
  func names(limit: Int = 100_000) throws(IOError) -> [String] {
    guard let folder = opendir(path) else { throw Self.fault(path, errno) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      guard names.count < limit else { throw IOError(.invalid, "\(path): more than \(limit) files in one folder") }
      names.append(name)
    }
    return names
  }

  /// Nil when it is gone meanwhile.
  private func entry(_ name: String) -> Entry? {
    var status = stat()
    guard stat("\(path)/\(name)", &status) == 0 else { return nil }
    return Entry(
      name: name, isFile: status.st_mode & S_IFMT == S_IFREG, isExecutable: access("\(path)/\(name)", X_OK) == 0,
      isWritableByAll: status.st_mode & S_IWOTH != 0)
  }

  /// The bytes of a file in the folder.
  /// - Throws: `IOError` `.invalid` naming the file when it cannot be read, `.tooLarge` when it is larger than `limit`.
  package func contents(of name: String, limit: Int) throws(IOError) -> [UInt8] {
    try EventIO.contents(ofFile: "\(path)/\(name)", limit: limit)
  }

  /// The absolute path of a file or folder, without symbolic links; nil when there is none.
  package static func absolute(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func fault(_ path: String, _ number: Int32) -> IOError {
    IOError(.invalid, "\(path): \(String(cString: strerror(number)))", errno: number)
  }
}
