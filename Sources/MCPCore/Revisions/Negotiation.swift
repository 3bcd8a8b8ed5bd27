// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// What `initialize` asks for, and what it gets.
public struct Negotiation: Sendable, Hashable {
  /// The revision both will speak.
  public let revision: Revision
  /// Who asks, undecoded.
  public let clientInfo: JSONObject?
  /// What the client can do, undecoded.
  public let clientCapabilities: JSONObject

  /// The most bytes a session remembers of its client: 16 KiB.
  public static let limit = 16 * 1024

  /// Reads the parameters of `initialize` and picks the revision: the one asked for when it is served and has a
  /// handshake, else the newest served one that has.
  ///
  /// Spec: 2025-11-25, basic/lifecycle, "Version Negotiation".
  /// - Throws: `RPCError` `.invalidParams` naming the member at fault, or `.invalidRequest` when no revision with a
  ///   handshake is served.
  public init(_ params: JSONObject, served: [Revision] = Revision.allCases) throws(RPCError) {
    guard let requested = params["protocolVersion"]?.string else {
      throw .invalidParams("protocolVersion must be a string")
    }
    guard case .object(let capabilities)? = params["capabilities"] else {
      throw .invalidParams("capabilities must be an object")
    }
    let legacy = served.filter { $0.era == .legacy }
    guard let newest = legacy.max() else {
      let names = served.map(\.rawValue).joined(separator: ", ")
      throw RPCError(.invalidRequest, "initialize is not served here; supported protocol versions: \(names)")
    }
    revision = legacy.first { $0.rawValue == requested } ?? newest
    clientInfo = params["clientInfo"]?.object
    clientCapabilities = capabilities
    var remembered: [UInt8] = []
    for object in [clientInfo, clientCapabilities] { object?.write(to: &remembered) }
    guard remembered.count <= Self.limit else {
      throw .invalidParams("clientInfo and capabilities are larger than \(Self.limit) bytes together")
    }
  }
}
