// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A folder of programs, gone with the test.
final class Programs: Sendable {
  let path: String

  init() {
    var name = Array("/tmp/mcpctl-tools-XXXXXX".utf8CString)
    path = mkdtemp(&name).map { String(cString: $0) } ?? "/tmp"
  }

  deinit {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(path)/\(name)")
    }
    closedir(folder)
    rmdir(path)
  }

  func put(_ name: String, _ text: String, mode: mode_t = 0o644) {
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    _ = text.withCString { write(file, $0, text.utf8.count) }
    fchmod(file, mode)
    close(file)
  }

  func script(_ name: String, _ text: String, mode: mode_t = 0o755) { put(name, "#!/bin/sh\n\(text)\n", mode: mode) }

  /// A script with a manifest that says nothing special.
  func tool(_ name: String, _ text: String, _ more: String = "") {
    script(name, text)
    put("\(name).json", #"{"description":"\#(name)"\#(more.isEmpty ? "" : ",")\#(more)}"#)
  }

  func remove(_ name: String) { unlink("\(path)/\(name)") }
}
