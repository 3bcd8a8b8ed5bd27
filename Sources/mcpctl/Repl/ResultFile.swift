// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file results go to, readable by its owner alone, open until nobody holds it any more.
final class ResultFile: Sendable {
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(.internalError, "file", "\(path): \(Console.reason(errno))") }
    self.path = path
  }

  deinit { close(descriptor) }

  func write(_ text: String) { _ = write(Array(text.utf8)) }

  /// - Returns: the system's error number; 0 when all was written.
  func write(_ bytes: [UInt8]) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return errno }
      rest = rest.dropFirst(count)
    }
    return 0
  }

  /// Standard output in its place.
  var stream: OutputStream { OutputStream(isTerminal: false, usesColor: false, width: 80, limit: 0) { self.write($0) } }
}

/// `write(2)`, which a method of that name hides.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  #if canImport(Glibc)
    Glibc.write(descriptor, bytes.baseAddress, bytes.count)
  #else
    Darwin.write(descriptor, bytes.baseAddress, bytes.count)
  #endif
}
