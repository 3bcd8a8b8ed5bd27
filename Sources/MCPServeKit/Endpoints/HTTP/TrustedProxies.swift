// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Proxies that are believed what they say of whom they forward: `X-Forwarded-For`, `-Proto`, `-Host`, `-Port` and
/// `-Prefix`. From everybody else these fields mean nothing, because anybody can send them.
struct TrustedProxies: Sendable {
  let ranges: [AddressRange]

  /// Hops that are followed, at most.
  private static let longestWay = 32
  private static let longestPrefix = 256

  /// Reads where a request came from.
  /// - Parameter serves: whether the server is called by that name; other names are not believed.
  func origin(of head: HTTPHead, serves: (String) -> Bool) -> RequestOrigin {
    let host = head.headers["host"]
    guard !ranges.isEmpty, isTrusted(head.remote) else {
      return RequestOrigin(client: head.remote, isSecure: head.isSecure, authority: host)
    }
    let scheme = last("x-forwarded-proto", head)?.lowercased()
    let isSecure = scheme == "https" || (scheme != "http" && head.isSecure)
    let name = last("x-forwarded-host", head).flatMap { Self.isAuthority($0) && serves($0) ? $0 : nil } ?? host
    return RequestOrigin(
      client: client(of: head), isSecure: isSecure,
      authority: name.map { Self.adding(last("x-forwarded-port", head), to: $0, isSecure: isSecure) },
      prefix: last("x-forwarded-prefix", head).flatMap(Self.prefix) ?? "")
  }

  private func isTrusted(_ address: SocketAddress) -> Bool { ranges.contains { $0.contains(address) } }

  /// The last address that no trusted proxy has: what stands before it could have been made up.
  private func client(of head: HTTPHead) -> SocketAddress {
    var client = head.remote
    let hops = head.headers.values(of: "x-forwarded-for").flatMap { $0.split(separator: ",") }
    for hop in hops.reversed().prefix(Self.longestWay) {
      guard let address = Self.address(hop.trimmed) else { return client }
      client = address
      if !isTrusted(address) { return client }
    }
    return client
  }

  /// The last of the values of that name, which the nearest proxy added.
  private func last(_ name: String, _ head: HTTPHead) -> String? {
    head.headers.values(of: name).last?.split(separator: ",").last.map { String($0.trimmed) }
  }

  /// An address, alone or with a port as some proxies write it.
  private static func address(_ text: Substring) -> SocketAddress? {
    if let address = SocketAddress(host: String(text), port: 0) { return address }
    guard let colon = text.lastIndex(of: ":"), UInt16(text[text.index(after: colon)...]) != nil else { return nil }
    return SocketAddress(host: String(text[..<colon]), port: 0)
  }

  private static func isAuthority(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 256
      && text.utf8.allSatisfy { $0.isLetterOrDigit || ".-:[]".utf8.contains($0) }
  }

  private static func adding(_ port: String?, to name: String, isSecure: Bool) -> String {
    let hasPort =
      name.utf8.last != UInt8(ascii: "]") && name.dropFirst(name.hasPrefix("[") ? name.count : 0).contains(":")
    guard let port = port.flatMap({ UInt16($0) }), port != (isSecure ? 443 : 80), !hasPort else { return name }
    return "\(name):\(port)"
  }

  /// A path that is harmless in a URL of ours, without a slash at its end.
  private static func prefix(_ text: String) -> String? {
    let path = text.hasSuffix("/") ? String(text.dropLast()) : text
    let isHarmless = path.utf8.allSatisfy { $0.isLetterOrDigit || "/-_.~".utf8.contains($0) }
    guard path.hasPrefix("/"), path.utf8.count <= longestPrefix, isHarmless, !path.contains("//"), !path.contains("..")
    else { return nil }
    return path
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    while text.utf8.first == 0x20 || text.utf8.first == 0x09 { text = text.dropFirst() }
    while text.utf8.last == 0x20 || text.utf8.last == 0x09 { text = text.dropLast() }
    return text
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool { self &- 0x30 < 10 || (self | 0x20) &- 0x61 < 26 }
}
