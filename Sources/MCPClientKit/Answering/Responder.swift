// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// Answers what a server asks. The client declares to servers exactly what its responder can.
///
/// Answers are checked before they are sent: a form's content against its schema, roots for `file://`.
public protocol Responder: Sendable {
  /// What this responder can answer, the same whenever it is asked.
  var skills: Skills { get }

  /// The result the specification wants for `question`, `{"action": "accept", "content": …}` for instance.
  ///
  /// Several questions may be asked at once. The task is cancelled when the server no longer wants to know, and when
  /// `timeouts.answering` has passed.
  /// - Throws: `RPCError` to refuse with that error; any other error is a failure whose text the server is not told.
  func answer(_ question: ServerQuestion) async throws -> JSONObject
}

/// What a responder can answer.
public struct Skills: OptionSet, Sendable, Hashable {
  /// The set as bits.
  public let rawValue: Int
  /// Makes a set of bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Messages by a model.
  public static let sampling = Skills(rawValue: 1)
  /// Messages by a model that may want to use tools (2025-11-25).
  public static let samplingWithTools = Skills(rawValue: 2)
  /// Messages by a model that sees the context of servers (2025-11-25).
  public static let samplingWithContext = Skills(rawValue: 4)
  /// Forms.
  public static let forms = Skills(rawValue: 8)
  /// Consent to open URLs (2025-11-25).
  public static let urls = Skills(rawValue: 16)
  /// Roots.
  public static let roots = Skills(rawValue: 32)
  /// Roots that may change; `Client.rootsChanged` tells the server (legacy era).
  public static let changingRoots = Skills(rawValue: 64)

  /// Whether questions of `kind` can be answered.
  public func covers(_ kind: ServerQuestion.Kind) -> Bool {
    switch kind {
    case .sampling: contains(.sampling)
    case .form: contains(.forms)
    case .url: contains(.urls)
    case .roots: !isDisjoint(with: [.roots, .changingRoots])
    }
  }

  /// The skills as `ClientCapabilities` of `revision`'s era.
  func capabilities(_ era: Revision.Era) -> JSONObject {
    var result = JSONObject()
    if covers(.roots) {
      let changes = era == .legacy && contains(.changingRoots)
      result["roots"] = changes ? ["listChanged": true] : [:]
    }
    if contains(.sampling) {
      var sampling = JSONObject()
      if contains(.samplingWithContext) { sampling["context"] = [:] }
      if contains(.samplingWithTools) { sampling["tools"] = [:] }
      result["sampling"] = .object(sampling)
    }
    if !isDisjoint(with: [.forms, .urls]) {
      var elicitation = JSONObject()
      if contains(.forms) { elicitation["form"] = [:] }
      if contains(.urls) { elicitation["url"] = [:] }
      result["elicitation"] = .object(elicitation)
    }
    return result
  }
}

extension RPCError.Code {
  /// The user does not want this (2025-11-25, client/sampling, "Error Handling").
  public static let userRejected = RPCError.Code(rawValue: -1)
}
