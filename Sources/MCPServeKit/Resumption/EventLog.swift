// SPDX-License-Identifier: Apache-2.0
public import MCPCore

/// Keeps what was said on the event streams of sessions, so that a client whose connection broke can be told the rest.
///
/// A session has one general stream, called `EventID.generalStream`, and one for each reply that became a stream. Every
/// log passes the same tests. Limits are the log's own: what is old, or too much, is forgotten from the oldest on.
public protocol EventLog: Sendable {
  /// Notes that a stream may be resumed, whether anything is kept of it or not, until it is closed.
  func open(_ stream: String, of session: Session.ID) async throws
  /// Keeps a message as the next of a stream.
  /// - Returns: the id it is sent with, which no other message of the session ever has.
  func append(_ message: [UInt8], to stream: String, of session: Session.ID) async throws -> EventID
  /// Notes that nothing more is said on a stream. What was said is still kept.
  func close(_ stream: String, of session: Session.ID) async throws
  /// What was said on a stream after `position`, oldest first; nil when it is not open and nothing is kept of it.
  /// - Parameter limit: the most events returned.
  func events(
    after position: String, on stream: String, of session: Session.ID, limit: Int
  ) async throws -> LoggedEvents?
  /// The position of the newest event of a stream, `EventID.start` when none is kept.
  func newest(on stream: String, of session: Session.ID) async throws -> String
  /// Forgets a session.
  func forget(_ session: Session.ID) async throws
  /// Called now and then: forgets what is too old.
  func sweep() async throws

  /// Whether other servers keep their streams here, too. Then what follows is asked, and it says who sends a stream.
  var isShared: Bool { get }
  /// Notes that a reply has become a stream, in place of `open`. Should its server die, the log says so on the stream.
  func begin(_ stream: String, answering requests: [RequestID], of session: Session.ID) async throws
  /// Makes this server the one that sends a stream. The one that did until then is told, and the newest claim counts.
  func claim(_ stream: String, of session: Session.ID) async throws -> StreamClaim
  /// Keeps what is said on the general stream of a session until its client listens, unless another server does.
  func expect(_ session: Session.ID) async throws
  /// Says something on the general stream of a session, if any server sends it: what no other server says, too.
  func relay(_ message: [UInt8], of session: Session.ID) async throws
  /// Whether others may have ended the streams that this server has begun: what cannot be kept must not be said on them any more.
  var isCutOff: Bool { get }
  /// Keeps the claims on general streams; those that are others' meanwhile are returned.
  func keepClaims(_ sessions: [Session.ID]) async throws -> [Session.ID]
}

/// What a server learns that begins to send a stream.
public struct StreamClaim: Sendable, Hashable {
  /// Whether the stream was never sent to anybody.
  public var isFirst: Bool
  /// Whether something may have been said that nobody has kept.
  public var mayHaveGap: Bool

  /// Makes a claim.
  public init(isFirst: Bool, mayHaveGap: Bool) {
    self.isFirst = isFirst
    self.mayHaveGap = mayHaveGap
  }
}

/// What is to be kept is for another server to keep, or comes too late.
public struct EventRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// Why.
  public let description: String
  /// Says why.
  public init(_ description: String) { self.description = description }
}

extension EventLog {
  /// Leaves it to the log.
  public func sweep() async throws {}
  /// It is this server's alone.
  public var isShared: Bool { false }
  /// The same as `open`.
  public func begin(_ stream: String, answering requests: [RequestID], of session: Session.ID) async throws {
    try await open(stream, of: session)
  }
  /// Nobody else sends streams.
  public func claim(_ stream: String, of session: Session.ID) async throws -> StreamClaim {
    StreamClaim(isFirst: false, mayHaveGap: false)
  }
  /// Nothing has to be known.
  public func expect(_ session: Session.ID) async throws {}
  /// There is no other.
  public func relay(_ message: [UInt8], of session: Session.ID) async throws {}
  /// There are no others.
  public var isCutOff: Bool { false }
  /// Nobody else has any.
  public func keepClaims(_ sessions: [Session.ID]) async throws -> [Session.ID] { [] }
}

/// The name of an event: its stream, and a position that grows along it.
///
/// Spec: 2025-11-25, basic/transports, "Resumability and Redelivery".
public struct EventID: Sendable, Hashable, CustomStringConvertible {
  /// The stream on which a session is told what belongs to no request.
  public static let generalStream = "g"
  /// The position before the first event of a stream.
  public static let start = "0"

  /// The stream's name: letters and digits.
  public let stream: String
  /// Where on the stream; only the log can read it.
  public let position: String

  /// Makes an id.
  public init(stream: String, position: String) {
    self.stream = stream
    self.position = position
  }

  /// Reads `Last-Event-ID`; nil when it was not made here.
  public init?(_ text: String) {
    guard text.utf8.count <= 128, let dot = text.lastIndex(of: ".") else { return nil }
    let (stream, position) = (text[..<dot], text[text.index(after: dot)...])
    guard !stream.isEmpty, !position.isEmpty, stream.utf8.allSatisfy(\.isLetterOrDigit),
      position.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") })
    else { return nil }
    self.init(stream: String(stream), position: String(position))
  }

  /// The id on the wire.
  public var description: String { "\(stream).\(position)" }
}

/// A piece of what was said on a stream.
public struct LoggedEvents: Sendable {
  /// The messages with their ids, oldest first.
  public var events: [(id: EventID, message: [UInt8])]
  /// Where to go on after this piece.
  public var position: String
  /// Whether nothing in between was forgotten.
  public var isComplete: Bool
  /// Whether nothing is said on the stream any more. There may still be more of what was said.
  public var isClosed: Bool

  /// Makes a piece.
  public init(events: [(id: EventID, message: [UInt8])], position: String, isComplete: Bool, isClosed: Bool) {
    self.events = events
    self.position = position
    self.isComplete = isComplete
    self.isClosed = isClosed
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
