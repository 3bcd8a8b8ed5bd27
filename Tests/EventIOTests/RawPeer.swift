// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import TestSupport

/// A peer that speaks whatever bytes a test wants, over a real socket. Waits at most ten seconds for anything.
final class RawPeer: Sendable {
  /// Blocking calls run here, so that tests hold no thread of the default pool.
  static let pool = HandlerPool(name: "peers", maximumThreads: 64)

  private let descriptor: CInt

  init(_ address: SocketAddress, receiveBuffer: CInt? = nil) throws {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if var size = receiveBuffer { set(SO_RCVBUF, &size) }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    set(SO_RCVTIMEO, &limit)
    set(SO_SNDTIMEO, &limit)
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = address.port.bigEndian
    target.sin_addr.s_addr = inet_addr(address.host.contains(":") ? "127.0.0.1" : address.host)
    let answer = withUnsafePointer(to: target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard answer == 0 else { throw IOError(.connect, "cannot connect to \(address)", errno: errno) }
  }

  deinit { Glibc.close(descriptor) }

  func send(_ text: String) async throws { try await send([UInt8](text.utf8)) }

  func send(_ bytes: [UInt8]) async throws {
    try await run(on: Self.pool) { [self] in
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { bytes in
          uninterrupted { Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)) }
        }
        guard count > 0 else { throw IOError(.send, "the server takes nothing", errno: errno) }
        sent += count
      }
    }
  }

  /// Ends the sending side only.
  func endSending() { _ = shutdown(descriptor, CInt(SHUT_WR)) }

  /// Breaks the connection off with a reset.
  func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    set(SO_LINGER, &now)
    _ = dup2(Self.nowhere, descriptor)
  }

  private static let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)

  /// Everything up to the end of the connection.
  func readToEnd() async throws -> String { try await read { _ in false } }

  /// Everything up to the end of the connection, in large pieces.
  func readBytes() async throws -> [UInt8] {
    try await run(on: Self.pool) { [self] in
      var bytes: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 64 * 1024)
      while true {
        let count = uninterrupted { recv(descriptor, &piece, piece.count, 0) }
        guard count > 0 else { break }
        bytes.append(contentsOf: piece[..<count])
      }
      return bytes
    }
  }

  /// What comes until it ends with `ending`, or the connection does.
  func read(through ending: String) async throws -> String {
    let ending = [UInt8](ending.utf8)
    return try await read { $0.suffix(ending.count) == ending[...] }
  }

  /// One response with a `Content-Length`, as head and body.
  func readResponse() async throws -> (head: String, body: String) {
    let head = try await read(through: "\r\n\r\n")
    let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
    let count = line.flatMap { Int($0.drop { $0 != " " }.dropFirst()) } ?? 0
    return (head, try await read(count: count))
  }

  func read(count: Int) async throws -> String {
    count == 0 ? "" : try await read { $0.count == count }
  }

  /// Reads byte by byte so as to take nothing that follows.
  private func read(until isComplete: @escaping @Sendable ([UInt8]) -> Bool) async throws -> String {
    try await run(on: Self.pool) { [self] in
      var bytes: [UInt8] = []
      var byte: UInt8 = 0
      while !isComplete(bytes) {
        let count = uninterrupted { recv(descriptor, &byte, 1, 0) }
        if count < 0, errno == EAGAIN {
          throw IOError(.timeout, "only \(String(decoding: bytes, as: UTF8.self).debugDescription) came")
        }
        guard count == 1 else { break }
        bytes.append(byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private func set<Value: BitwiseCopyable>(_ option: CInt, _ value: inout Value) {
    setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Value>.size))
  }
}
