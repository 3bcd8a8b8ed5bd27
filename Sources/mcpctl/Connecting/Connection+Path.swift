// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO
import MCPClientKit
import MCPCore

extension Connection {
  /// What to try where a URL leads to something that answers no MCP; nil when the path is not to blame, as far as can be told.
  func hint(afterPath error: ClientError) -> String? {
    guard case .url(let url, _, _) = resolved.target else { return nil }
    let isShort = resolved.listing == nil && options.server.map { !$0.contains("://") } ?? false
    return Self.hint(afterPath: error, at: url, isShort: isShort)
  }

  /// - Parameter isShort: whether the user left the path out, so that the transport chooses it.
  static func hint(afterPath error: ClientError, at url: String, isShort: Bool) -> String? {
    let plain = HTTPURL.shown(String(url.prefix { $0 != "?" && $0 != "#" }))
    let parts = plain.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count > 2, error.code != .unauthorized, error.code != .sessionLost else { return nil }
    let origin = parts.prefix(3).joined(separator: "/")
    let path = parts.count > 3 ? parts[3] : ""
    let isNothing = error.httpStatus == 404 && error.rpcError?.code != .methodNotFound
    if path.isEmpty {
      // What else has no path and answers 400 may well be a server that is right there.
      let named = ["/mcp", "/sse"].first { error.rpcError?.message.hasSuffix("clients connect at \($0)") == true }
      guard isNothing || named != nil else { return nil }
      return "the path is missing: \(origin)\(named ?? "/mcp")"
    }
    guard isNothing, path == "mcp" || path == "mcp/" else { return nil }
    let remedy = isShort ? "--transport sse, or \(origin)/sse" : "\(origin)/sse"
    return "nothing there answers MCP; an older server may be at /sse: \(remedy)"
  }
}
