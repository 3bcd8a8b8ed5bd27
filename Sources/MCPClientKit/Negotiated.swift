// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// What client and server agreed on, and what the server said of itself.
public struct Negotiated: Sendable, Hashable {
  /// How the messages travel.
  public enum Transport: String, Sendable {
    /// A child's standard input and output.
    case stdio
    /// Streamable HTTP.
    case streamableHTTP = "http-stream"
    /// HTTP+SSE of 2024-11-05.
    case sse
    /// A channel the caller gave.
    case channel
  }

  /// The revision spoken.
  public let revision: Revision
  /// How the messages travel.
  public let transport: Transport
  /// The result of `server/discover` or `initialize`, undecoded.
  public let result: JSONObject
  /// The legacy HTTP session; nil where there is none. As secret as a password.
  public let sessionID: String?

  /// The era of the revision.
  public var era: Revision.Era { revision.era }
  /// Who answers, undecoded; nil when the server does not say.
  public var serverInfo: JSONObject? {
    (result["_meta"]?[MetaKey.serverInfo] ?? result["serverInfo"])?.object
  }
  /// Who answers; nil when the server does not say, or not well-formed.
  public var server: Implementation? { serverInfo.flatMap { try? Implementation(json: .object($0)) } }
  /// What the server can do, undecoded.
  public var capabilities: JSONObject { result["capabilities"]?.object ?? [:] }
  /// How to use the server, for models; untrusted text.
  public var instructions: String? { result["instructions"]?.string }
}
