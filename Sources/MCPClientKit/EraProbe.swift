// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Reads from the answer to the first modern request in which era a server lives. Decides, and does nothing.
///
/// Spec: 2026-07-28, basic/versioning, "Dual-era clients".
struct EraProbe {
  /// What the answer says.
  enum Verdict: Equatable {
    /// The server speaks this modern revision; its description.
    case modern(Revision, JSONObject)
    /// The server speaks a modern revision, but another one.
    case retry(Revision)
    /// A handshake will do, on the same connection.
    case legacy
    /// A handshake may do, but not with this process or connection: it has ended or stays silent.
    case legacyAfterRestart
    /// No verdict: the failure says nothing about eras.
    case failed(ClientError)
  }

  /// What carries the request; the evidence differs.
  enum Medium { case channel, http }

  let server: String
  let medium: Medium
  let asked: Revision

  func verdict(on outcome: Result<JSONObject, ClientError>) -> Verdict {
    switch outcome {
    case .success(let result):
      guard let supported = result["supportedVersions"]?.array else { return .legacy }
      return choose(among: supported) ?? .modern(asked, result)
    case .failure(let error):
      return medium == .http ? verdict(onHTTP: error) : verdict(onChannel: error)
    }
  }

  private func verdict(onChannel error: ClientError) -> Verdict {
    switch error.code {
    case .timeout, .disconnected: .legacyAfterRestart
    case .rpc: error.supportedVersions.map { choose(among: $0) ?? .retry(asked) } ?? .legacy
    case .cancelled, .closed: .failed(error)
    default: .legacy
    }
  }

  /// Authorization, server faults, the network and time-outs are no evidence; nor is any particular error code of a
  /// legacy server.
  private func verdict(onHTTP error: ClientError) -> Verdict {
    if let status = error.httpStatus, status >= 500 || status == 408 || status == 429 { return .failed(error) }
    switch error.code {
    case .rpc:
      if let supported = error.supportedVersions { return choose(among: supported) ?? .retry(asked) }
      guard error.httpStatus == 400, let code = error.rpcError?.code else { return .legacy }
      return code == .headerMismatch || code == .missingClientCapability ? .failed(error) : .legacy
    case .httpStatus: return error.httpStatus.map { (400..<500).contains($0) } == true ? .legacy : .failed(error)
    case .invalidResponse: return .legacy
    default: return .failed(error)
    }
  }

  /// The way on, given what the server speaks; nil when that includes what was asked.
  private func choose(among versions: [JSON]) -> Verdict? {
    let revisions = versions.compactMap { $0.string.flatMap(Revision.init(rawValue:)) }
    if revisions.contains(asked) { return nil }
    if let modern = revisions.filter({ $0.era == .modern }).max() { return .retry(modern) }
    if revisions.contains(where: { $0.era == .legacy }) { return .legacy }
    let names = versions.compactMap(\.string).joined(separator: ", ")
    return .failed(
      ClientError(
        .unsupportedRevision,
        "\(server) speaks only \(names); this client speaks \(Revision.allCases.map(\.rawValue).joined(separator: ", "))"
      ))
  }
}

extension ClientError {
  /// The versions a server lists when it does not speak the requested one; nil when it lists none.
  var supportedVersions: [JSON]? {
    guard rpcError?.code == .unsupportedProtocolVersion else { return nil }
    guard let supported = rpcError?.data?["supported"]?.array, !supported.isEmpty else { return nil }
    return supported
  }
}
