// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

extension Socket {
  /// A socket on its way to an address. It is there, or failed, when it can be written to.
  static func connecting(to address: SocketAddress, keepAlive: Duration) throws(IOError) -> Socket {
    let socket = Socket(owning: try open(address.socketFamily, to: "\(address)"))
    socket.sendAtOnce()
    socket.keepAlive(after: keepAlive)
    let descriptor = socket.descriptor
    let answer = address.withSocketAddress { connect(descriptor, $0, $1) }
    guard answer == 0 || errno == EINPROGRESS else { throw .connecting(to: "\(address)", errno: errno) }
    return socket
  }

  /// A socket on its way to the one that a file stands for.
  static func connecting(toFile path: String) throws(IOError) -> Socket {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
      guard path.utf8.count < place.count else { return false }
      place.copyBytes(from: path.utf8)
      return true
    }
    guard fits else { throw IOError(.invalid, "'\(path)' is too long for the path of a socket") }
    let socket = Socket(owning: try open(AF_UNIX, to: path))
    let descriptor = socket.descriptor
    let answer = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard answer == 0 else { throw .connecting(to: path, errno: errno) }
    return socket
  }

  /// Why connecting failed; nil when it did not.
  func connectFailure(to place: String) -> IOError? {
    var number: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    if getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length) != 0 { number = errno }
    return number == 0 ? nil : .connecting(to: place, errno: number)
  }

  private static func open(_ family: CInt, to place: String) throws(IOError) -> CInt {
    let descriptor = cevent_socket(family)
    guard descriptor >= 0 else { throw .connecting(to: place, errno: errno) }
    return descriptor
  }

  private func keepAlive(after silence: Duration) {
    set(SOL_SOCKET, SO_KEEPALIVE)
    let seconds = CInt(clamping: max(1, silence.components.seconds))
    set(CInt(IPPROTO_TCP), TCP_KEEPIDLE, seconds)
    set(CInt(IPPROTO_TCP), TCP_KEEPINTVL, max(1, seconds / 3))
    set(CInt(IPPROTO_TCP), TCP_KEEPCNT, 3)
  }
}

extension IOError {
  fileprivate static func connecting(to place: String, errno: CInt) -> IOError {
    let message =
      switch errno {
      case ECONNREFUSED: "nobody listens on \(place): is the server running?"
      case ENOENT: "there is no socket '\(place)': is the server running?"
      case EACCES: "no permission to connect to \(place)"
      case ENETUNREACH, EHOSTUNREACH: "there is no way to \(place): is the network up?"
      case EMFILE, ENFILE: "no file descriptor left to connect to \(place): raise the limit (ulimit -n)"
      default: "cannot connect to \(place): \(String(cString: strerror(errno)))"
      }
    return IOError(.connect, message, errno: errno)
  }
}
