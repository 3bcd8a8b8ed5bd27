// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// What `initialize` settled.
public final class Handshake: Sendable {
  /// The revision both speak.
  public let revision: Revision
  /// Who the client says it is, undecoded.
  public let clientInfo: JSONObject?
  /// What the client can do, undecoded.
  public let clientCapabilities: JSONObject

  /// Makes a handshake.
  public init(revision: Revision, clientInfo: JSONObject? = nil, clientCapabilities: JSONObject = [:]) {
    self.revision = revision
    self.clientInfo = clientInfo
    self.clientCapabilities = clientCapabilities
  }

  convenience init(_ negotiation: Negotiation) {
    self.init(
      revision: negotiation.revision, clientInfo: negotiation.clientInfo,
      clientCapabilities: negotiation.clientCapabilities)
  }

  /// Stands in for a peer that asks before it has introduced itself.
  static let assumed = Handshake(revision: .latestLegacy)
}
