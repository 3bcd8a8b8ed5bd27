// SPDX-License-Identifier: Apache-2.0

/// A socket that listens, and where.
final class Listener: Sendable {
  let socket: Socket
  /// With the port that the system chose, when it was to choose.
  let address: SocketAddress

  init(_ address: SocketAddress, isShared: Bool) throws(IOError) {
    let socket = try Socket.listening(on: address, isShared: isShared)
    self.address = socket.localAddress ?? address
    self.socket = socket
  }

  /// One listener for each of several loops, which share the connections.
  static func listeners(on address: SocketAddress, count: Int) throws(IOError) -> [Listener] {
    guard count > 1 else { return [try Listener(address, isShared: false)] }
    // Sharing would let a second server join in unnoticed.
    try Socket.checkFree(address)
    let first = try Listener(address, isShared: true)
    var listeners = [first]
    for _ in 1..<count { listeners.append(try Listener(first.address, isShared: true)) }
    return listeners
  }
}
