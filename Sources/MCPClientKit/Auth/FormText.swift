// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// `application/x-www-form-urlencoded`, as queries and token requests have it.
enum FormText {
  /// `a=1&b=2`.
  static func encode(_ fields: [(String, String)]) -> String {
    fields.map { "\(PercentEncoding.encoded($0.0))=\(PercentEncoding.encoded($0.1))" }.joined(separator: "&")
  }

  /// The fields of a query; the first of several with one name, and none that cannot be read.
  static func decode(_ text: some StringProtocol) -> [String: String] {
    var fields: [String: String] = [:]
    for field in text.split(separator: "&").prefix(64) {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : ""), fields[name] == nil
      else { continue }
      fields[name] = value
    }
    return fields
  }

  private static func decoded(_ text: some StringProtocol) -> String? {
    PercentEncoding.decoded(String(text.map { $0 == "+" ? " " : $0 }))
  }
}
