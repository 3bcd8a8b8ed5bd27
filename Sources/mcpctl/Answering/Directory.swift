// SPDX-License-Identifier: GPL-3.0-or-later
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Directories of the file system.
enum Directory {
  /// The absolute path of a directory that exists and can be entered; nil when there is none.
  static func absolute(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    var status = stat()
    guard stat(resolved, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, access(resolved, X_OK) == 0 else {
      return nil
    }
    return String(cString: resolved)
  }

  /// Whether a file is there and belongs to the user or to root.
  static func holdsOurs(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && (status.st_uid == geteuid() || status.st_uid == 0)
  }
}
