// SPDX-License-Identifier: Apache-2.0
import EventIO

/// HTTP headers as people may see them: what lets somebody in stays out.
package enum Redaction {
  /// Whether something of that name, a header or a variable, is likely a secret.
  package static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return words.contains(where: name.contains)
  }

  /// The lines of a request: `> POST https://example.com/mcp`, then its headers.
  static func lines(_ method: HTTPMethod, _ url: String, _ headers: HTTPHeaders) -> [String] {
    ["> \(method) \(HTTPURL.shown(url))"] + headers.map { "> \($0.name): \(value($0.value, of: $0.name))" }
  }

  /// The lines of a response: `< HTTP 200 OK`, then its headers.
  static func lines(_ status: HTTPStatus, _ headers: HTTPHeaders) -> [String] {
    ["< HTTP \(status)"] + headers.map { "< \($0.name): \(value($0.value, of: $0.name))" }
  }

  /// A header's value, shortened to what tells two of them apart where it is secret.
  static func value(_ value: String, of name: String) -> String {
    let name = name.lowercased()
    if name == "mcp-session-id" { return value.utf8.count > 12 ? "\(value.prefix(4))…" : "…" }
    guard isSecret(name) else { return value }
    // The scheme says what kind of secret it is, and is none itself.
    let scheme = value.split(separator: " ", maxSplits: 1).first.map { "\($0) " } ?? ""
    return name.hasSuffix("authorization") && scheme.utf8.count < value.utf8.count ? "\(scheme)…" : "…"
  }

  private static let words = [
    "authorization", "cookie", "token", "secret", "key", "password", "passwd", "signature", "credential", "dsn", "_pat",
  ]
}
