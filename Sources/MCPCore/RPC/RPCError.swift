// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// An error as JSON-RPC sends it: a code, one sentence, and data for programs.
public struct RPCError: Error, Sendable, Hashable, CustomStringConvertible {
  /// An error code; an open set.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The number on the wire.
    public let rawValue: Int
    /// Makes a code of any number.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The text is not JSON.
    public static let parseError = Code(rawValue: -32700)
    /// The JSON is not a JSON-RPC message MCP allows.
    public static let invalidRequest = Code(rawValue: -32600)
    /// Nobody answers this method.
    public static let methodNotFound = Code(rawValue: -32601)
    /// The parameters do not fit the method.
    public static let invalidParams = Code(rawValue: -32602)
    /// The server failed.
    public static let internalError = Code(rawValue: -32603)
    /// No such resource, in revisions before 2026-07-28.
    public static let legacyResourceNotFound = Code(rawValue: -32002)
    /// The user has to open a URL first (2025-11-25).
    public static let urlElicitationRequired = Code(rawValue: -32042)
    /// The caller may not do this; ours, not the specification's.
    public static let forbidden = Code(rawValue: 403)
    /// The caller asks too often; ours, not the specification's.
    public static let tooManyRequests = Code(rawValue: 429)
    /// The server answers as many requests as it may; ours, not the specification's.
    public static let serverBusy = Code(rawValue: 503)
    /// An HTTP header disagrees with the body (2026-07-28).
    public static let headerMismatch = Code(rawValue: -32020)
    /// The request needs a capability its client did not declare (2026-07-28).
    public static let missingClientCapability = Code(rawValue: -32021)
    /// The requested revision is not served (2026-07-28).
    public static let unsupportedProtocolVersion = Code(rawValue: -32022)
  }

  /// The code.
  public var code: Code
  /// What happened and what to do about it, in one sentence.
  public var message: String
  /// More, for programs.
  public var data: JSON?

  /// Makes an error.
  public init(_ code: Code, _ message: String, data: JSON? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// The message with its code.
  public var description: String { "\(message) (\(code.rawValue))" }
}

extension RPCError {
  /// `method` is not offered here.
  public static func methodNotFound(_ method: Method) -> RPCError {
    RPCError(.methodNotFound, "method not found: \(method)")
  }

  /// No resource has this URI. Older revisions are answered with their own code.
  public static func resourceNotFound(_ uri: String) -> RPCError {
    RPCError(.invalidParams, "resource not found: \(uri)", data: ["uri": .string(uri)])
  }

  /// The parameters do not fit; `message` names the one at fault.
  public static func invalidParams(_ message: String) -> RPCError { RPCError(.invalidParams, message) }
}

extension RPCError {
  /// The caller needs scopes it does not have: all that the operation needs are in `data`, for clients that can get them.
  /// Over HTTP this becomes 403 with a challenge.
  ///
  /// Spec: 2025-11-25 and 2026-07-28, basic/authorization, "Scope Challenge Handling".
  public static func insufficientScope(for what: String, needed: [String]) -> RPCError {
    RPCError(
      .forbidden, "\(what) needs the scope \(needed.joined(separator: " "))",
      data: ["error": "insufficient_scope", "scope": .string(needed.joined(separator: " "))])
  }

  /// The caller may not do this, whatever its scopes.
  public static func forbidden(_ what: String) -> RPCError {
    RPCError(.forbidden, "\(what) is not for this caller", data: ["error": "forbidden"])
  }

  /// The caller asks too often. Over HTTP this becomes 429 with `Retry-After`.
  /// - Parameter pause: when to try again.
  public static func tooManyRequests(_ what: String, retryAfter pause: Duration) -> RPCError {
    let seconds = max(1, Int(pause.components.seconds) + (pause.components.attoseconds > 0 ? 1 : 0))
    return RPCError(
      .tooManyRequests, "\(what): try again in \(seconds) s", data: ["retryAfter": .number(JSONNumber(seconds))])
  }
}

extension RPCError {
  /// Reads the `error` member of a response.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "error")
    self.init(Code(rawValue: try object.integer("code")), try object.string("message"), data: object["data"])
  }

  /// The error as the `error` member of a response.
  public var json: JSON {
    var object: JSONObject = ["code": .number(JSONNumber(code.rawValue)), "message": .string(message)]
    if let data { object["data"] = data }
    return .object(object)
  }
}
