// SPDX-License-Identifier: Apache-2.0

/// The part of a cluster's keys that a key belongs to.
enum HashSlot {
  /// How many there are.
  static let count = 16_384

  /// The slot of a key: of what is between its first `{` and the next `}`, if that is something, else of all of it.
  ///
  /// Spec: Redis Cluster, "Key distribution model".
  static func slot(of key: String) -> Int {
    let bytes = Array(key.utf8)
    if let open = bytes.firstIndex(of: 0x7B), let close = bytes[(open + 1)...].firstIndex(of: 0x7D), close > open + 1 {
      return Int(crc16(bytes[(open + 1)..<close])) % count
    }
    return Int(crc16(bytes[...])) % count
  }

  /// CRC-16/XMODEM.
  static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    var crc: UInt16 = 0
    for byte in bytes {
      crc ^= UInt16(byte) << 8
      for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }
    return crc
  }
}
