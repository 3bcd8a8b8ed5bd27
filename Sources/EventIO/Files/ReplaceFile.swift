// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Writes a file as a whole, or leaves the one there was: nobody ever sees half of it, and it is there after a crash.
/// - Parameter isPrivate: Whether it is for its owner alone, whatever was there. Otherwise a file that is there keeps its mode,
///   and a link is followed.
/// - Throws: `IOError` `.file` naming the file.
package func replaceFile(_ path: String, with bytes: [UInt8], isPrivate: Bool = false) throws(IOError) {
  let target = isPrivate ? path : realPath(path)
  let slash = target.lastIndex(of: "/").map { target.index(after: $0) } ?? target.startIndex
  let draft = "\(target[..<slash]).\(target[slash...]).\(getpid()).\(UInt32.random(in: .min ... .max))"
  var status = stat()
  let mode = isPrivate ? 0o600 : stat(target, &status) == 0 ? status.st_mode & 0o777 : 0o644
  let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
  guard file >= 0 else { throw fault(path) }
  var rest = bytes[...]
  var isWritten = fchmod(file, mode) == 0
  while isWritten, !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    isWritten = count > 0
    rest = rest.dropFirst(max(count, 0))
  }
  isWritten = isWritten && fsync(file) == 0
  isWritten = close(file) == 0 && isWritten
  guard isWritten, rename(draft, target) == 0 else {
    let error = fault(path)
    unlink(draft)
    throw error
  }
}

/// Makes a folder for its owner alone, and what it lies in.
package func makeFolders(_ path: String) throws(IOError) {
  var made = ""
  for part in path.split(separator: "/") {
    made += "/\(part)"
    if mkdir(made, 0o700) != 0, errno != EEXIST, errno != EROFS, errno != EACCES { throw fault(made) }
  }
}

/// Where a link leads; the path itself where there is none.
private func realPath(_ path: String) -> String {
  guard let found = realpath(path, nil) else { return path }
  defer { free(found) }
  return String(cString: found)
}

private func fault(_ path: String) -> IOError {
  let number = errno
  return IOError(.file, "\(path): \(String(cString: strerror(number)))", errno: number)
}
