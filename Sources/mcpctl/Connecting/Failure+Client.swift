// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

extension Failure {
  /// What the client says, with the exit code it stands for.
  /// - Parameter missing: what would have answered what the server asked.
  init(_ error: ClientError, server: String, missing: String? = nil) {
    var facts: JSONObject = ["server": .string(server)]
    if let rpc = error.rpcError { facts["rpc"] = rpc.json }
    if let status = error.httpStatus { facts["http"] = ["status": .number(JSONNumber(status))] }
    self.init(
      Self.exit(for: error), error.code.rawValue, error.message, hint: missing ?? Self.hint(for: error), facts: facts)
  }

  private static func exit(for error: ClientError) -> ExitCode {
    // Too busy, or not there behind its proxy, whatever it says besides.
    if let status = error.httpStatus, [429, 502, 503, 504].contains(status) { return .unreachable }
    switch error.code {
    case .invalidTarget: return .usage
    case .unreachable, .disconnected, .sessionLost: return .unreachable
    case .unauthorized: return .unauthorized
    case .httpStatus: return (error.httpStatus ?? 0) >= 500 ? .unreachable : .protocolError
    case .rpc where error.rpcError?.code == .legacyResourceNotFound: return .notFound
    case .rpc, .invalidResponse, .unsupportedRevision, .unanswered: return .protocolError
    case .timeout: return .timeout
    case .nothingToAuthorize: return .negative
    case .redirectPort, .credentialStore: return .badConfiguration
    case .cancelled: return .interrupted
    default: return .internalError
    }
  }

  private static func hint(for error: ClientError) -> String? {
    switch error.code {
    case _ where error.httpStatus == 429:
      "the server limits how often it is asked"
        + (error.rpcError?.data?["retryAfter"]?.int.map { ": try again in \($0) s" } ?? ": try again later")
    case .sessionLost: "the server has forgotten the session, as after a restart: the same command opens a new one"
    case _ where error.httpStatus == 404 && error.rpcError?.code != .methodNotFound:
      "nothing there answers MCP; is the path right? Most servers use /mcp"
    case .unauthorized: "`mcpctl auth login URL` gets a token; --bearer-env NAME or --bearer-file FILE send your own"
    case .unanswered: "`mcpctl help answers` tells how questions are answered"
    case .timeout: "--timeout sets the limit"
    case .unsupportedRevision: "--protocol auto takes what the server offers"
    default: nil
    }
  }
}
