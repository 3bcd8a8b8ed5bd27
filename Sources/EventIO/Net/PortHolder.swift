// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The program that listens on a port of this machine, as /proc tells it: what `lsof -i :PORT` would be asked.
struct PortHolder: Equatable, CustomStringConvertible {
  let name: String
  let process: Int

  var description: String { "\(name) (process \(process))" }

  /// The most descriptors that are looked at.
  private static let limit = 100_000

  /// Nil when nobody listens there, or somebody whose processes we may not look at does.
  init?(of port: UInt16) {
    let sockets = Self.listeners(on: port)
    guard !sockets.isEmpty, let processes = try? Folder("/proc").names() else { return nil }
    var looked = 0
    for process in processes.compactMap({ Int($0) }) {
      guard let descriptors = try? Folder("/proc/\(process)/fd").names() else { continue }
      looked += descriptors.count
      guard looked <= Self.limit else { return nil }
      for descriptor in descriptors where Self.link("/proc/\(process)/fd/\(descriptor)").map(sockets.contains) == true {
        (name, self.process) = (Self.name(of: process), process)
        return
      }
    }
    return nil
  }

  /// The listening sockets as the links in /proc/PID/fd name them.
  private static func listeners(on port: UInt16) -> Set<String> {
    let wanted = String(port, radix: 16, uppercase: true)
    let end = ":" + String(repeating: "0", count: 4 - wanted.utf8.count) + wanted
    var sockets: Set<String> = []
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
      guard let bytes = try? contents(ofFile: table, limit: 1 << 24) else { continue }
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        // Its number, its address, the peer's, and the state, of which 0A is listening; the inode is the tenth.
        let fields = line.split(separator: " ", maxSplits: 10)
        guard fields.count > 9, fields[3] == "0A", fields[1].hasSuffix(end) else { continue }
        sockets.insert("socket:[\(fields[9])]")
      }
    }
    return sockets
  }

  private static func link(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: 64)
    let count = readlink(path, &target, target.count)
    return count > 0 ? String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  private static func name(of process: Int) -> String {
    let bytes = (try? contents(ofFile: "/proc/\(process)/comm", limit: 64)) ?? []
    let name = bytes.filter { (0x21..<0x7F).contains($0) }
    return name.isEmpty ? "a program" : String(decoding: name, as: UTF8.self)
  }
}
