// SPDX-License-Identifier: Apache-2.0
import CZlib

/// Makes texts smaller for the way.
package enum Gzip {
  /// - Throws: `IOError` `.unavailable` naming the package to install when there is no zlib.
  package static func load() throws(IOError) {
    if let problem = czlib_load() { throw IOError(.unavailable, String(cString: problem)) }
  }

  /// The bytes in the gzip format; nil when that makes them no smaller, or without zlib.
  package static func packed(_ bytes: [UInt8]) -> [UInt8]? {
    guard czlib_load() == nil, bytes.count > 1 else { return nil }
    let packed = [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { buffer, count in
      count = czlib_gzip(bytes, bytes.count, buffer.baseAddress, buffer.count)
    }
    return packed.isEmpty ? nil : packed
  }
}
