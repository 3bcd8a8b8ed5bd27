// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// Text in a form an HTTP header can carry.
///
/// Spec: 2026-07-28, basic/transports/streamable-http, "Value Encoding".
enum HeaderText {
  /// `text` as it is when it is printable ASCII without spaces at its ends, else `=?base64?…?=`.
  static func encode(_ text: String) -> String {
    let isPlain =
      text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.utf8.first != 0x20 && text.utf8.last != 0x20
      && !(text.hasPrefix("=?base64?") && text.hasSuffix("?="))
    return isPlain ? text : "=?base64?\(Base64.standard.text(Array(text.utf8)))?="
  }
}
