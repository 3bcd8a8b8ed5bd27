// SPDX-License-Identifier: Apache-2.0
import Glibc

extension IOError.Code {
  /// A file could not be read, written or locked.
  package static let file = IOError.Code(rawValue: "file")
}

/// A folder nobody but its owner may enter, with small files that are replaced as a whole.
package struct PrivateFolder: Sendable {
  package let path: String

  /// Nothing is made before something is written.
  package init(_ path: String) { self.path = path }

  /// Whether something was written here.
  package var isThere: Bool { access(path, F_OK) == 0 }

  /// What the file holds; nil when there is none.
  /// - Throws: `IOError` `.file` when it cannot be read, belongs to somebody else or others may read it, `.tooLarge`.
  package func read(_ name: String, limit: Int) throws(IOError) -> [UInt8]? {
    let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if file < 0, errno == ENOENT || errno == ENOTDIR { return nil }
    guard file >= 0 else { throw fault(name) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw fault(name) }
    guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw IOError(.file, "\(path)/\(name) may be read by others than you: chmod 600 it, or delete it")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw fault(name) }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw IOError(.tooLarge, "\(path)/\(name) is larger than \(limit) bytes") }
    }
  }

  /// Writes the file, or leaves the one there was: nobody ever sees half of it.
  package func replace(_ name: String, with bytes: [UInt8]) throws(IOError) {
    try make()
    try replaceFile("\(path)/\(name)", with: bytes, isPrivate: true)
  }

  /// Adds to the end of the file in one piece, whoever else does so.
  package func append(_ bytes: [UInt8], to name: String) throws(IOError) {
    try make()
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw fault(name) }
    defer { close(file) }
    var count = -1
    repeat { count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } } while count < 0 && errno == EINTR
    guard count == bytes.count else { throw fault(name) }
  }

  /// Deletes the file.
  /// - Returns: whether there was one.
  @discardableResult
  package func remove(_ name: String) throws(IOError) -> Bool {
    if unlink("\(path)/\(name)") == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else { throw fault(name) }
    return false
  }

  /// The names of what is there, sorted; at most 10 000.
  package var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while names.count < 10_000, let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Takes the lock of that name, which the end of this process gives back in any case; nil while somebody has it.
  package func tryLock(_ name: String) throws(IOError) -> FileLock? {
    try make()
    let file = open("\(path)/\(name)", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw fault(name) }
    if flock(file, LOCK_EX | LOCK_NB) == 0 { return FileLock(file) }
    let isTaken = errno == EWOULDBLOCK || errno == EINTR
    let error = fault(name)
    close(file)
    if isTaken { return nil }
    throw error
  }

  /// Makes the folder and what it lies in, and keeps others out of it.
  private func make() throws(IOError) {
    try makeFolders(path)
    var status = stat()
    guard stat(path, &status) == 0 else { throw fault("") }
    guard status.st_uid == geteuid() else {
      throw IOError(.file, "\(path) belongs to somebody else: nothing secret can be kept there")
    }
    if status.st_mode & 0o077 != 0, chmod(path, 0o700) != 0 { throw fault("") }
  }

  private func fault(_ name: String) -> IOError {
    let number = errno
    return IOError(.file, "\(path)/\(name): \(String(cString: strerror(number)))", errno: number)
  }
}

/// A lock held on a file, until it is let go.
package final class FileLock: Sendable {
  private let file: CInt

  fileprivate init(_ file: CInt) { self.file = file }

  deinit { close(file) }

  /// Takes a lock on the folder a file lies in, so that nothing is left behind. Waits for whoever has it, up to five seconds.
  package static func taking(folderOf path: String) throws(IOError) -> FileLock {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw IOError(.file, "\(folder): \(String(cString: strerror(errno)))", errno: errno) }
    let lock = FileLock(file)
    let end = ContinuousClock.now + .seconds(5)
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, .now < end else {
        throw IOError(.file, "\(folder) is locked by another program", errno: errno)
      }
      usleep(10_000)
    }
    return lock
  }
}
