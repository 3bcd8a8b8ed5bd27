// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// One JSON-RPC 2.0 message.
public enum Message: Sendable, Hashable {
  /// A question that wants a response.
  case request(Request)
  /// News that wants none.
  case notification(Notification)
  /// The answer to a request.
  case response(Response)

  /// News that wants no answer.
  public struct Notification: Sendable, Hashable {
    /// What happened.
    public var method: Method
    /// The details.
    public var params: JSONObject

    /// Makes a notification.
    public init(_ method: Method, _ params: JSONObject = [:]) {
      self.method = method
      self.params = params
    }
  }
}

/// A question that wants a response.
public struct Request: Sendable, Hashable {
  /// Ties the response to this request.
  public var id: RequestID
  /// What is asked.
  public var method: Method
  /// The details; empty when the message had none.
  public var params: JSONObject

  /// Makes a request.
  public init(id: RequestID, method: Method, params: JSONObject = [:]) {
    self.id = id
    self.method = method
    self.params = params
  }
}

/// The answer to a request.
public struct Response: Sendable, Hashable {
  /// The request's id; nil when it could not be read.
  public var id: RequestID?
  /// The result object, or the error.
  public var outcome: Result<JSONObject, RPCError>

  /// Makes a response.
  public init(id: RequestID?, outcome: Result<JSONObject, RPCError>) {
    self.id = id
    self.outcome = outcome
  }
}

/// JSON that is no message MCP allows, with the id to answer when it could be read.
public struct InvalidMessage: Error, Sendable, Hashable {
  /// What to answer.
  public let error: RPCError
  /// Whom to answer; nil when the id could not be read.
  public let id: RequestID?

  /// The response to send back.
  public var response: Response { Response(id: id, outcome: .failure(error)) }
}
