// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// Which era a request claims to belong to. The body decides; headers only cross-check.
///
/// Spec: 2026-07-28, basic/versioning, "Dual-era servers".
public enum Claim: Sendable, Hashable {
  /// The request carries its own revision.
  case modern(Revision)
  /// The request belongs to a conversation opened by `initialize`.
  case legacy

  /// Classifies a request.
  ///
  /// - Parameters:
  ///   - params: the request's parameters.
  ///   - served: the revisions this server answers.
  /// - Throws: `RPCError` `.invalidParams` for a malformed `_meta`, `.unsupportedProtocolVersion` for a revision
  ///   that is not served.
  public init(of params: JSONObject, served: [Revision] = Revision.allCases) throws(RPCError) {
    guard let meta = params["_meta"]?.object, let version = meta[MetaKey.protocolVersion] else {
      self = .legacy
      return
    }
    guard let requested = version.string else {
      throw .invalidParams("_meta \(MetaKey.protocolVersion) must be a string")
    }
    guard let revision = Revision(named: requested), revision.era == .modern, served.contains(revision) else {
      throw .unsupportedProtocolVersion(requested, served: served)
    }
    guard case .object? = meta[MetaKey.clientCapabilities] else {
      throw .invalidParams("_meta \(MetaKey.clientCapabilities) must be an object")
    }
    self = .modern(revision)
  }

  /// The revision a request's `_meta` names, well-formed or not; nil when it names none.
  public static func version(named params: JSONObject) -> JSON? { params["_meta"]?[MetaKey.protocolVersion] }
}

extension RPCError {
  /// The requested revision is not served without a handshake; lists those that are.
  public static func unsupportedProtocolVersion(_ requested: String, served: [Revision]) -> RPCError {
    let supported = served.filter { $0.era == .modern }.sorted(by: >).map { JSON.string($0.rawValue) }
    return RPCError(
      .unsupportedProtocolVersion, "unsupported protocol version: \(requested)",
      data: ["supported": .array(supported), "requested": .string(requested)])
  }
}
