// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The bytes of a file. Blocks for as long as the file system does: not for event loops.
/// - Throws: `IOError` `.invalid` naming the file when it cannot be read, `.tooLarge` when it holds more than `limit` bytes.
package func contents(ofFile path: String, limit: Int) throws(IOError) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw fault(path) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 14)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count == 0 { return bytes }
    guard count > 0 else {
      if errno == EINTR { continue }
      throw fault(path)
    }
    bytes += chunk[..<count]
    guard bytes.count <= limit else { throw IOError(.tooLarge, "\(path) is larger than \(limit) bytes") }
  }
}

private func fault(_ path: String) -> IOError {
  let number = errno
  return IOError(.invalid, "\(path) cannot be read: \(String(cString: strerror(number)))", errno: number)
}
