// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

/// Tells browsers what pages of other origins may do (CORS). Which origins may call at all is decided by `HTTPGuards`.
struct CrossOrigin: Sendable {
  private let isEnabled: Bool
  private let allowedHeaders: [String]
  private let exposedHeaders: String
  private let maxAge: String
  /// The origins whose credentials are taken.
  private let credentialed: Set<String>

  private static let requestHeaders = [
    "Accept", "Authorization", "Content-Type", "Last-Event-ID", "Mcp-Method", "Mcp-Name", "MCP-Protocol-Version",
    "Mcp-Session-Id", "traceparent", "tracestate", "baggage",
  ]
  private static let responseHeaders = ["Mcp-Session-Id", "MCP-Protocol-Version", "WWW-Authenticate", "Retry-After"]
  /// Requested headers that are looked at, at most.
  private static let mostHeaders = 64

  init(_ options: CORSOptions, origins: [String]) {
    isEnabled = options.isEnabled
    allowedHeaders = Self.requestHeaders + options.allowedHeaders
    exposedHeaders = (Self.responseHeaders + options.exposedHeaders).joined(separator: ", ")
    maxAge = String(max(0, options.maxAge.components.seconds))
    credentialed = options.allowsCredentials ? Set(origins.map { $0.lowercased() }).subtracting(["*"]) : []
  }

  /// Adds what goes with every answer to a page of that origin, which may call.
  func describe(_ origin: String, in fields: inout HTTPHeaders) {
    guard isEnabled else { return }
    fields.add("Access-Control-Allow-Origin", origin)
    if credentialed.contains(origin.lowercased()) { fields.add("Access-Control-Allow-Credentials", "true") }
    fields.add("Access-Control-Expose-Headers", exposedHeaders)
    fields.add("Vary", "Origin")
  }

  /// What a browser asks before it sends the request a page wants; nil when the request is no such question.
  /// - Parameter methods: those of the path.
  func preflight(_ head: HTTPHead, methods: String) -> HTTPAnswer? {
    guard isEnabled, head.method == .options, head.headers.contains("origin"),
      head.headers.contains("access-control-request-method")
    else { return nil }
    return HTTPAnswer(
      .noContent,
      [
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": (allowedHeaders + parameters(head)).joined(separator: ", "),
        "Access-Control-Max-Age": maxAge,
        "Vary": "Access-Control-Request-Method, Access-Control-Request-Headers",
      ])
  }

  /// The requested headers that repeat arguments of a tool (2026-07-28), whose names are the tool's.
  private func parameters(_ head: HTTPHead) -> [String] {
    let requested = head.headers["access-control-request-headers"] ?? ""
    return requested.split(separator: ",", maxSplits: Self.mostHeaders).compactMap { name in
      let name = name.lowercased().filter { $0 != " " }
      let isToken = name.utf8.allSatisfy { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") }
      return name.hasPrefix("mcp-param-") && isToken ? name : nil
    }
  }
}
