// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

/// An IPv4 or IPv6 address and a port. Names are not looked up, except `localhost`.
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
  /// The address bytes: four for IPv4, sixteen for IPv6, in network order.
  private enum Host: Sendable, Hashable {
    case v4(UInt32)
    case v6(UInt64, UInt64, scope: UInt32)
  }

  private let family: Host
  package let port: UInt16

  private init(_ family: Host, port: UInt16) {
    self.family = family
    self.port = port
  }

  /// Reads an IPv4 or IPv6 literal, the latter with or without brackets; nil when it is neither.
  package init?(host: String, port: UInt16) {
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let literal = isBracketed ? String(host.dropFirst().dropLast()) : host
    var v4 = in_addr()
    var v6 = in6_addr()
    if !isBracketed, inet_pton(AF_INET, literal, &v4) == 1 {
      self.init(.v4(v4.s_addr), port: port)
    } else if inet_pton(AF_INET6, literal, &v6) == 1 {
      self.init(v6, scope: 0, port: port)
    } else {
      return nil
    }
  }

  private init(_ address: in6_addr, scope: UInt32, port: UInt16) {
    let (high, low) = withUnsafeBytes(of: address) { bytes in
      (bytes.load(as: UInt64.self), bytes.load(fromByteOffset: 8, as: UInt64.self))
    }
    self.init(.v6(high, low, scope: scope), port: port)
  }

  /// This machine's own IPv4 address.
  package static func loopback(port: UInt16) -> SocketAddress {
    SocketAddress(.v4(UInt32(0x7F00_0001).bigEndian), port: port)
  }

  /// The addresses a host stands for: a literal for itself, `localhost` for both loopback addresses.
  ///
  /// - Throws: `IOError` `.resolve` for any other name.
  package static func addresses(host: String, port: UInt16) throws(IOError) -> [SocketAddress] {
    if host == "localhost" { return ["127.0.0.1", "::1"].compactMap { SocketAddress(host: $0, port: port) } }
    guard let address = SocketAddress(host: host, port: port) else {
      throw IOError(.resolve, "'\(host)' is not an address to listen on: use an IPv4 or IPv6 address, or localhost")
    }
    return [address]
  }

  /// The same host at another port.
  package func with(port: UInt16) -> SocketAddress { SocketAddress(family, port: port) }

  /// The bytes of the address: four for IPv4, sixteen for IPv6.
  var octets: [UInt8] {
    switch family {
    case .v4(let address): withUnsafeBytes(of: address) { [UInt8]($0) }
    case .v6(let high, let low, _): withUnsafeBytes(of: (high, low)) { [UInt8]($0) }
    }
  }

  /// What one person is likely to have all of: an IPv4 address, or the first half of an IPv6 one. Without a port.
  package var neighbourhood: SocketAddress {
    switch family {
    case .v4: with(port: 0)
    case .v6(let high, _, _): SocketAddress(.v6(high, 0, scope: 0), port: 0)
    }
  }

  /// Whether it is IPv6.
  package var isIPv6: Bool {
    if case .v6 = family { true } else { false }
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool {
    switch family {
    case .v4(let address): UInt32(bigEndian: address) >> 24 == 127
    case .v6(let high, let low, _):
      high == 0
        && (UInt64(bigEndian: low) == 1 || UInt64(bigEndian: low) >> 24 == 0xffff_7f)
    }
  }

  /// The address without the port and without brackets, such as `127.0.0.1` or `::1`.
  package var host: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch family {
    case .v4(let address):
      var v4 = in_addr(s_addr: address)
      inet_ntop(AF_INET, &v4, &text, socklen_t(text.count))
    case .v6(let high, let low, _):
      var halves = (high, low)
      inet_ntop(AF_INET6, &halves, &text, socklen_t(text.count))
    }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// `127.0.0.1:8000` or `[::1]:8000`, as in a URL.
  package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension SocketAddress {
  var socketFamily: CInt { isIPv6 ? AF_INET6 : AF_INET }

  init?(_ storage: sockaddr_storage) {
    switch CInt(storage.ss_family) {
    case AF_INET:
      let address = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self) }
      self.init(.v4(address.sin_addr.s_addr), port: UInt16(bigEndian: address.sin_port))
    case AF_INET6:
      let address = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self) }
      self.init(address.sin6_addr, scope: address.sin6_scope_id, port: UInt16(bigEndian: address.sin6_port))
    default:
      return nil
    }
  }

  /// Calls a C function with the address in its form.
  func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    switch family {
    case .v4(let address):
      var v4 = sockaddr_in()
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      v4.sin_addr.s_addr = address
      return withUnsafePointer(to: v4) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
      }
    case .v6(let high, let low, let scope):
      var v6 = sockaddr_in6()
      v6.sin6_family = sa_family_t(AF_INET6)
      v6.sin6_port = port.bigEndian
      v6.sin6_scope_id = scope
      withUnsafeMutableBytes(of: &v6.sin6_addr) {
        $0.storeBytes(of: high, as: UInt64.self)
        $0.storeBytes(of: low, toByteOffset: 8, as: UInt64.self)
      }
      return withUnsafePointer(to: v6) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
      }
    }
  }
}
