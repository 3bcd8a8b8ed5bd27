// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// Something a server wants to know from the client's side: from its model, its user, or about its roots.
///
/// In the legacy era it came as a request, in the modern era inside a result; a responder need not know which.
public struct ServerQuestion: Sendable, Hashable {
  /// What kind of answer is wanted.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A message by a model: `sampling/createMessage`.
    case sampling
    /// A form filled in by the user: `elicitation/create` in form mode.
    case form
    /// The user's consent to open a URL: `elicitation/create` in URL mode.
    case url
    /// The directories the client works in: `roots/list`.
    case roots
  }

  /// What kind of answer is wanted.
  public let kind: Kind
  /// The parameters of the request as the server wrote them.
  public let params: JSONObject
  /// Who asks: what messages call the server.
  public let server: String
  /// The name the server gave this question among several (2026-07-28); nil in the legacy era.
  public let key: String?

  /// Makes a question; tests do.
  public init(_ kind: Kind, _ params: JSONObject = [:], from server: String = "the server", key: String? = nil) {
    self.kind = kind
    self.params = params
    self.server = server
    self.key = key
  }

  /// The method that asks.
  public var method: Method {
    switch kind {
    case .sampling: .createMessage
    case .form, .url: .elicit
    case .roots: .rootsList
    }
  }

  /// What the user is to be told (elicitation). Untrusted text.
  public var message: String { params["message"]?.string ?? "" }

  /// The fields to fill in.
  /// - Throws: `InvalidShape` when the question is no form, or its schema is not what a form may have.
  public func form() throws(InvalidShape) -> Elicitation.Form {
    let schema = try JSONObject(shape: params["requestedSchema"] ?? .null, of: "requestedSchema")
    return try Elicitation.Form(message, schema: schema)
  }

  /// What the last message of a sampling question says, as far as it is text.
  public var prompt: String {
    let content = params["messages"]?.array?.last?["content"]
    let blocks = content?.array ?? content.map { [$0] } ?? []
    return blocks.compactMap { $0["text"]?.string }.joined(separator: "\n")
  }
}

extension ServerQuestion.Kind {
  /// The kind of a request of a server; nil when it is no question.
  init?(_ method: Method, _ params: JSONObject) {
    switch method {
    case .createMessage: self = .sampling
    case .rootsList: self = .roots
    case .elicit:
      switch params["mode"]?.string ?? "form" {
      case "form": self = .form
      case "url": self = .url
      default: return nil
      }
    default: return nil
    }
  }
}
