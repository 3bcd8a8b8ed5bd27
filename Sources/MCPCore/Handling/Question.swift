// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// What a handler wants to know from the client before it can go on.
public struct Question: Sendable, Hashable {
  /// What is asked: `sampling/createMessage`, `elicitation/create` or `roots/list`.
  public var method: Method
  /// The details, as the client's revision spells them.
  public var params: JSONObject
  /// What the client must be able to do.
  public var needs: Set<ClientCapability>
  /// What the answer is found by when the handler runs again (2026-07-28); nil finds it by what is asked.
  public var name: String?

  /// Makes a question.
  public init(_ method: Method, _ params: JSONObject = [:], needs: Set<ClientCapability>, name: String? = nil) {
    self.method = method
    self.params = params
    self.needs = needs
    self.name = name
  }
}

/// Puts questions to the client and brings the answers. Each era has its own way; endpoints know which.
public protocol Inquirer: Sendable {
  /// Asks all at once and returns the answers in the same order.
  /// - Throws: `QuestionError` when a question stays without answer; `InputRequired` when the answers come with the next
  ///   round; `RPCError` for what the peer is to be told.
  func ask(_ questions: [Question], in context: RequestContext) async throws -> [JSONObject]
  /// What tells the conversation with this client from others (legacy era); nil where none is needed.
  var conversation: String? { get }
}

extension Inquirer {
  /// Needs no conversation.
  public var conversation: String? { nil }
}

/// Why a question has no answer. A handler may catch it and go on without.
public struct QuestionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure. Open: new kinds may be added.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code for programs.
    public let rawValue: String
    /// Makes a code.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The client did not declare that it can be asked this.
    public static let missingCapability = Code(rawValue: "missing_capability")
    /// The question breaks the rules of the protocol.
    public static let malformed = Code(rawValue: "malformed")
    /// There is no way to ask this client.
    public static let unreachable = Code(rawValue: "unreachable")
    /// Too many questions wait for an answer.
    public static let tooMany = Code(rawValue: "too_many")
    /// No answer came in time.
    public static let timeout = Code(rawValue: "timeout")
    /// The client answered with an error.
    public static let refused = Code(rawValue: "refused")
    /// The answer is not what was asked for.
    public static let malformedAnswer = Code(rawValue: "malformed_answer")
  }

  /// The kind of failure.
  public let code: Code
  /// Names the question and what went wrong.
  public let message: String
  /// The client's error, when it answered with one.
  public let cause: RPCError?

  /// Makes an error.
  public init(_ code: Code, _ message: String, cause: RPCError? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// The message.
  public var description: String { message }
}
