// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

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

  /// Why a path is no directory that can be used; nil when it is one.
  static func whyUnusable(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return Console.reason(errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return Console.reason(ENOTDIR) }
    return access(path, X_OK) == 0 ? nil : Console.reason(errno)
  }

  /// Makes a directory, and those above it.
  static func make(_ path: String) throws(Failure) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? part : "/\(part)"
      if mkdir(made, 0o755) == 0 || errno == EEXIST { continue }
      let reason = Console.reason(errno)
      // What cannot be written to may be there all the same.
      if absolute(made) == nil { throw Failure(.usage, "file", "\(made): \(reason)") }
    }
  }

  /// Why a file cannot be written; nil when it can, as far as that can be known without doing it.
  static func whyUnwritable(_ path: String) -> String? {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return Console.reason(EISDIR) }
      return access(path, W_OK) == 0 ? nil : Console.reason(errno)
    }
    let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    return access(parent, W_OK | X_OK) == 0 ? nil : Console.reason(errno)
  }

  /// Whether a file is there that can be run.
  static func holdsProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// Whether a file is there and belongs to the user or to root.
  static func holdsOurs(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && (status.st_uid == geteuid() || status.st_uid == 0)
  }
}
