// SPDX-License-Identifier: Apache-2.0

/// Addresses that begin alike, as `10.0.0.0/8`, `2001:db8::/32` or a single `192.0.2.1`.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
  private let octets: [UInt8]
  private let bits: Int
  package let description: String

  /// Nil when the text is no address, or the number after the slash none that its kind of address has.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = SocketAddress(host: String(parts[0]), port: 0) else { return nil }
    octets = address.octets
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let bits = Int(parts[1]), bits <= octets.count * 8 else {
        return nil
      }
      self.bits = bits
    } else {
      bits = octets.count * 8
    }
    description = text
  }

  package func contains(_ address: SocketAddress) -> Bool {
    let other = address.octets
    guard other.count == octets.count else { return false }
    let (whole, rest) = (bits / 8, bits % 8)
    guard other[..<whole] == octets[..<whole] else { return false }
    return rest == 0 || (other[whole] ^ octets[whole]) >> (8 - rest) == 0
  }
}
