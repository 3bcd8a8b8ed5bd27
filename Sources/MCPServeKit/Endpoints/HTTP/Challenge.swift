// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// What a caller that was not let in is told about how to be.
///
/// Spec: 2026-07-28, basic/authorization, "Protected Resource Metadata Discovery Requirements" and "Scope Challenge Handling";
/// RFC 6750 section 3; RFC 9728 section 5.1.
struct Challenge: Sendable {
  enum Fault: String {
    case invalidRequest = "invalid_request"
    case invalidToken = "invalid_token"
    case insufficientScope = "insufficient_scope"
  }

  /// Where the metadata of the resource is.
  let metadata: String?

  /// The value of `WWW-Authenticate`.
  func text(_ fault: Fault? = nil, _ description: String? = nil, scopes: [String]) -> String {
    var parts: [String] = []
    if let fault { parts.append("error=\(quoted(fault.rawValue))") }
    if let description { parts.append("error_description=\(quoted(description))") }
    if !scopes.isEmpty { parts.append("scope=\(quoted(scopes.joined(separator: " ")))") }
    if let metadata { parts.append("resource_metadata=\(quoted(metadata))") }
    return parts.isEmpty ? "Bearer" : "Bearer " + parts.joined(separator: ", ")
  }

  /// A quoted string of what may stand in one (RFC 6750 section 3).
  private func quoted(_ text: String) -> String {
    let plain = text.utf8.filter { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    return "\"" + String(decoding: plain, as: UTF8.self) + "\""
  }
}

extension HTTPExchange {
  /// The answer, with the header that goes with an outcome a caller can do something about.
  func explain(_ answer: HTTPAnswer, _ outcome: Result<JSONObject, RPCError>) -> HTTPAnswer {
    guard case .failure(let error) = outcome else { return answer }
    return explain(answer, error)
  }

  func explain(_ answer: HTTPAnswer, _ error: RPCError) -> HTTPAnswer {
    var answer = answer
    switch error.code {
    case .forbidden where answer.status == .forbidden:
      guard error.data?["error"] == "insufficient_scope", let gate else { break }
      let needed = error.data?["scope"]?.string?.split(separator: " ").map(String.init) ?? []
      answer.headers.add("WWW-Authenticate", gate.challenge(forScopes: needed))
    case .tooManyRequests where answer.status == .tooManyRequests:
      guard let seconds = error.data?["retryAfter"]?.int else { break }
      answer.headers.add("Retry-After", String(seconds))
    default: break
    }
    return answer
  }
}
