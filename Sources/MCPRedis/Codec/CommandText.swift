// SPDX-License-Identifier: Apache-2.0
import CHiredis
import Glibc

extension RedisCommand {
  /// The command as it is sent.
  var encoded: [UInt8] {
    withWords { bytes, lengths in
      var text: UnsafeMutablePointer<CChar>?
      let count = chiredis_format(bytes, lengths, CInt(clamping: lengths.count), &text)
      defer { free(text) }
      guard count > 0, let text else { return [] }
      return Array(UnsafeRawBufferPointer(start: text, count: Int(count)))
    }
  }
}
