// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

/// The socket on which systemd wants to be told how a service is, as sd_notify(3) does it.
package struct ServiceManagerSocket: Sendable {
  /// What there is to tell.
  package enum State: Sendable, Hashable {
    /// The service takes work: the first time, or again after reloading.
    case ready
    /// It reads its configuration anew; `ready` is to follow.
    case reloading
    /// It is about to end.
    case stopping
    /// It lives: to be told before the watchdog's time is up.
    case alive
    /// What it does, for people.
    case status(String)
  }

  private let address: String

  /// - Parameter address: the value of `NOTIFY_SOCKET`: a path, or an abstract name after `@`. Nil when it is neither.
  package init?(_ address: String) {
    guard address.hasPrefix("/") || address.hasPrefix("@"), (2...107).contains(address.utf8.count) else { return nil }
    self.address = address
  }

  /// Tells it. False when nobody could be told, which is no reason to stop working.
  @discardableResult
  package func tell(_ states: State...) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    defer { close(descriptor) }
    let text = Array(states.map(\.text).joined(separator: "\n").utf8)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { path in
      path.copyBytes(from: address.utf8)
      if address.hasPrefix("@") { path[0] = 0 }
    }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + address.utf8.count)
    return withUnsafePointer(to: &name) { name in
      name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        // A manager that does not read must not hold us up.
        sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), name, length)
      }
    } == text.count
  }
}

extension ServiceManagerSocket.State {
  fileprivate var text: String {
    switch self {
    case .ready: "READY=1"
    case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Self.microseconds)"
    case .stopping: "STOPPING=1"
    case .alive: "WATCHDOG=1"
    case .status(let text): "STATUS=\(text.split(separator: "\n").joined(separator: " "))"
    }
  }

  private static var microseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }
}
