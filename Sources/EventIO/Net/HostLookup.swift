// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc
import Synchronization

/// Looks up the addresses of host names. The system's resolver blocks, so each lookup has a thread of its own.
enum HostLookup {
  /// Lookups that may be under way; the resolver decides how long one takes.
  private static let limit = 16
  private static let underWay = Mutex(0)

  /// Calls `done` on a thread of its own, at some time, with at least one address or a failure.
  static func addresses(
    of host: String, port: UInt16, _ done: @escaping @Sendable (Result<[SocketAddress], IOError>) -> Void
  ) {
    let mayBegin = underWay.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
    guard mayBegin else {
      return done(.failure(IOError(.resolve, "'\(host)' cannot be looked up: \(limit) lookups are waiting already")))
    }
    do throws(IOError) {
      try startThread(name: "lookup") {
        let result = lookUp(host, port)
        underWay.withLock { $0 -= 1 }
        done(result)
      }
    } catch {
      underWay.withLock { $0 -= 1 }
      done(.failure(error))
    }
  }

  private static func lookUp(_ host: String, _ port: UInt16) -> Result<[SocketAddress], IOError> {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let answer = getaddrinfo(host, nil, &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    var addresses: [SocketAddress] = []
    var next = answer == 0 ? list : nil
    while let entry = next?.pointee {
      var storage = sockaddr_storage()
      memcpy(&storage, entry.ai_addr, min(Int(entry.ai_addrlen), MemoryLayout<sockaddr_storage>.size))
      if let address = SocketAddress(storage)?.with(port: port), !addresses.contains(address) {
        addresses.append(address)
      }
      next = entry.ai_next
    }
    guard addresses.isEmpty else { return .success(addresses) }
    let reason = answer == 0 ? "it has no address" : String(cString: gai_strerror(answer))
    return .failure(IOError(.resolve, "the host '\(host)' is not known (\(reason)): is the name right?"))
  }
}
