// SPDX-License-Identifier: Apache-2.0

/// What peers may cost a server, at most, besides the limits of its transport.
public struct ServeLimits: Sendable {
  /// The longest message in bytes. Default 10 MiB.
  public var messageBytes = 10 << 20
  /// Requests of one session, or of one stdio peer, that may be in flight. Default 256.
  public var requestsInFlight = 256
  /// Requests of all peers together that may be in flight, besides those that are answered at once; beyond, over HTTP, 503.
  /// Default 4 096.
  public var callsInFlight = 4_096
  /// The longest answer in bytes; an error takes the place of one that is longer. Default 64 MiB.
  public var replyBytes = 64 << 20
  /// Answers that may wait for a peer on a channel to take them; beyond, nothing more is read from it. Default 64.
  public var unsentAnswers = 64
  /// Messages in one batch (2025-03-26). Default 100.
  public var batch = 100
  /// Sessions at the same time; and streams of `subscriptions/listen` over HTTP. Default 10 000.
  public var sessions = 10_000
  /// Sessions of one principal at the same time, where callers say who they are. Default 100.
  public var sessionsPerPrincipal = 100
  /// How long a session lives, however much it is used. Default 24 h.
  public var sessionLongestLife: Duration = .seconds(86_400)
  /// How long a session lives without a request. Default 30 min.
  public var sessionLifetime: Duration = .seconds(1800)
  /// How long a session lives without a request until its client has confirmed the handshake. Default 10 s.
  public var initializeTime: Duration = .seconds(10)
  /// How often an idle event stream is sent a comment, so that nothing between the peers takes it for dead. Default 15 s.
  public var keepAlive: Duration = .seconds(15)
  /// Messages that may wait for a slow reader of a session's event stream; beyond, the stream is closed. Default 256.
  public var streamMessages = 256
  /// Messages on event streams of one session that are kept for a client whose connection broke. Default 1 024.
  public var loggedEvents = 1_024
  /// The same in bytes; the newest message is kept even when it is longer. Default 1 MiB.
  public var loggedBytes = 1 << 20
  /// The same for all sessions together. Default 64 MiB.
  public var logBytes = 64 << 20
  /// For how long they are kept. Default 5 min.
  public var loggedTime: Duration = .seconds(300)
  /// How long a client whose connection broke is asked to wait before it comes back (2025-11-25). Default 2 s.
  public var retryTime: Duration = .seconds(2)
  /// Resources one session, or one `subscriptions/listen`, may be subscribed to. Default 1 000.
  public var subscriptions = 1_000
  /// The longest URI that can be subscribed to, in bytes. Default 2 KiB.
  public var subscribedURI = 2 << 10
  /// Announcements that may wait to be told to the peers; beyond, the oldest is dropped. Default 1 024.
  public var announcements = 1_024
  /// Questions one session, or one stdio peer, may be asked at the same time, and one round of a modern request may ask.
  /// Default 32.
  public var openQuestions = 32
  /// How long the answer to a question may take in a session. Default 5 min.
  public var questionTime: Duration = .seconds(300)
  /// How long the next round of a modern request may take to begin. Default 10 min.
  public var stateLifetime: Duration = .seconds(600)
  /// The longest `requestState`, which carries the answers of earlier rounds, in bytes. Default 256 KiB.
  public var stateBytes = 256 << 10
  /// How long requests in flight may go on after a stop was asked for. Default 10 s.
  public var drainTime: Duration = .seconds(10)

  /// Makes limits with the defaults.
  public init() {}
}
