// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

/// A non-blocking socket, closed when it is given up.
package struct Socket: ~Copyable {
  package let descriptor: CInt

  init(owning descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// A listening socket.
  ///
  /// - Parameter isShared: whether other sockets may listen on the same port, each with its share of the connections.
  static func listening(on address: SocketAddress, isShared: Bool) throws(IOError) -> Socket {
    let descriptor = cevent_socket(address.socketFamily)
    guard descriptor >= 0 else { throw .listening(on: address, errno: errno) }
    let socket = Socket(owning: descriptor)
    socket.set(SOL_SOCKET, SO_REUSEADDR)
    if isShared { socket.set(SOL_SOCKET, SO_REUSEPORT) }
    if address.isIPv6 { socket.set(CInt(IPPROTO_IPV6), IPV6_V6ONLY) }
    let isBound = address.withSocketAddress { bind(descriptor, $0, $1) } == 0
    guard isBound, listen(descriptor, 1024) == 0 else { throw .listening(on: address, errno: errno) }
    return socket
  }

  /// Fails when somebody listens on the address, even somebody who would share it.
  static func checkFree(_ address: SocketAddress) throws(IOError) {
    _ = try listening(on: address, isShared: false)
  }

  /// Where the socket is bound, with the port the system chose.
  var localAddress: SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let answer = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return answer == 0 ? SocketAddress(storage) : nil
  }

  /// Sends small writes at once instead of waiting for more.
  func sendAtOnce() { set(CInt(IPPROTO_TCP), TCP_NODELAY) }

  /// Tells the peer that nothing more comes; what it sends can still be read.
  func endSending() { _ = shutdown(descriptor, CInt(SHUT_WR)) }

  func set(_ level: CInt, _ option: CInt, _ value: CInt = 1) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
  }
}

extension IOError.Code {
  /// Nobody can listen at an address: somebody does, it is not ours, or the port is reserved.
  package static let listen = IOError.Code(rawValue: "listen")
}

extension IOError {
  fileprivate static func listening(on address: SocketAddress, errno: CInt) -> IOError {
    let message =
      switch errno {
      case EADDRINUSE:
        "address \(address) is already in use"
          + (PortHolder(of: address.port).map { " by \($0): stop it" } ?? ": stop the other program")
          + " or choose another port"
      case EADDRNOTAVAIL: "address \(address) is not an address of this machine"
      case EACCES: "no permission to listen on \(address): ports below 1024 are reserved, choose a higher one"
      case EAFNOSUPPORT: "address \(address) cannot be used: this machine has no IPv6"
      case EMFILE, ENFILE: "no file descriptor left to listen on \(address): raise the limit (ulimit -n)"
      default: "cannot listen on \(address): \(String(cString: strerror(errno)))"
      }
    return IOError(.listen, message, errno: errno)
  }
}

extension IOError {
  /// Whether an address failed to be listened on because somebody does.
  package var isAddressInUse: Bool { code == .listen && errno == EADDRINUSE }

  /// Whether an address failed to be listened on because this machine does not have it.
  var isAddressUnavailable: Bool {
    code == .listen && (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT)
  }
}

/// Raises the soft limit on open files to the hard one and tells the result; a server needs a file per connection.
@discardableResult
package func raiseOpenFileLimit() -> Int {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
  if limit.rlim_cur < limit.rlim_max {
    let before = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = before }
  }
  return Int(clamping: limit.rlim_cur)
}
