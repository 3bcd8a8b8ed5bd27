// SPDX-License-Identifier: Apache-2.0
import CZlib

/// The bytes a zlib stream (RFC 1950) holds, exactly `size` of them; nil when it holds other than that, and without zlib.
package func inflated(_ packed: [UInt8], to size: Int) -> [UInt8]? {
  guard czlib_load() == nil, size > 0 else { return nil }
  let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    count = czlib_inflate(packed, packed.count, buffer.baseAddress, buffer.count)
  }
  return bytes.count == size ? bytes : nil
}
