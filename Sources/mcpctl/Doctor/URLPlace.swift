// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO

extension IOError {
  /// The message, without the question that a hint asks below it.
  var messageWithoutQuestion: String { message.replacing(": is the server running?", with: "") }
}

/// Where a URL leads.
struct URLPlace: Equatable {
  let isSecure: Bool
  /// Without brackets.
  let host: String
  let port: UInt16

  /// Nil when it is no URL of an HTTP server.
  init?(_ url: String) {
    guard let origin = HTTPURL.origin(of: url), let slashes = origin.firstRange(of: "://") else { return nil }
    let authority = origin[slashes.upperBound...]
    guard let colon = authority.lastIndex(of: ":"), let port = UInt16(authority[authority.index(after: colon)...])
    else {
      return nil
    }
    isSecure = origin.hasPrefix("https:")
    self.port = port
    host = String(authority[..<colon].drop { $0 == "[" }.prefix { $0 != "]" })
  }

  /// The proxy that the environment names for it, without a password; nil for none. As curl reads the environment.
  func proxy(_ environment: (String) -> String?) -> String? {
    let excepted = environment("no_proxy") ?? environment("NO_PROXY") ?? ""
    for word in excepted.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let name = word.drop { $0 == "." }
      if word == "*" || host == name || host.hasSuffix(".\(name)") { return nil }
    }
    // HTTP_PROXY in capitals may come from a header of a CGI request, so that nobody reads it.
    let names = (isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]) + ["all_proxy", "ALL_PROXY"]
    let named = names.compactMap { environment($0) }.first { !$0.isEmpty }
    return named.map { HTTPURL.shown($0.contains("://") ? $0 : "http://\($0)") }
  }
}
