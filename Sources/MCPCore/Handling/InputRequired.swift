// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// Ends a round of a modern request: the client is to answer questions and to send the request again.
///
/// Thrown by `RequestContext.ask`. Do not catch it; a handler that does still ends its round this way. The handler runs
/// anew in the next round and gets the answers where it asked, so what it does before a question it may do again.
///
/// Spec: 2026-07-28, basic/patterns/mrtr.
public struct InputRequired: Error, Sendable, Hashable {
  /// The questions by their names: `method` and `params` each.
  public var requests: JSONObject
  /// What the client has to send back as it is; nil until it is sealed.
  public var state: String?

  /// Makes the end of a round. At least one of both must be there.
  public init(_ requests: JSONObject, state: String? = nil) {
    self.requests = requests
    self.state = state
  }
}

extension Method {
  /// Results of these methods may ask the client for input (2026-07-28).
  package var mayRequireInput: Bool {
    switch self {
    case .toolsCall, .promptsGet, .resourcesRead: true
    default: false
    }
  }
}
