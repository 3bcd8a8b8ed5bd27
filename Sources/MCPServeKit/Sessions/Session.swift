// SPDX-License-Identifier: Apache-2.0
import MCPCore
public import Observability

/// What is remembered of a legacy conversation between requests.
public struct Session: Sendable {
  /// The name of a session: 128 random bits, in hexadecimal or in what a server signed. It finds a session; it proves nothing about who asks.
  public struct ID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The id on the wire.
    public let rawValue: String
    /// Takes an id as it came.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Makes an id nobody can guess.
    public static func random() -> ID {
      var generator = SystemRandomNumberGenerator()
      return ID(rawValue: hexadecimal(generator.next()) + hexadecimal(generator.next()))
    }

    /// The first characters, of a signed id with its server: enough for people to tell sessions apart, too few to use one.
    public var description: String { shownSession(rawValue) }

    private static func hexadecimal(_ number: UInt64) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
  }

  /// The session's name.
  public let id: ID
  /// Who opened it, and alone may use it; nil where nobody has to say.
  public let principal: String?
  /// What `initialize` settled.
  public var handshake: Handshake
  /// How far the conversation is. `processing` is never stored: which requests are in flight is known to their server.
  public var state: SessionState
  /// The least level of log notifications; nil until the client sets one.
  public var logLevel: Logger.Level?
  /// The URIs of the resources whose changes the client wants to know of.
  public var subscriptions: Set<String>
  /// Whether the client has confirmed the handshake.
  public var isReady: Bool
  /// How long it lives without being looked up.
  public var lifetime: Duration
  /// When it was opened, since 1970.
  public var opened: Duration
  /// How its client is connected, as records of sessions call it. Never changes.
  package var transport = "streamable-http"
  /// Counts the changes; the store keeps it.
  public var version = 0

  /// Makes a session.
  public init(
    id: ID = .random(), principal: String? = nil, handshake: Handshake, state: SessionState,
    logLevel: Logger.Level? = nil,
    subscriptions: Set<String> = [], isReady: Bool = false, lifetime: Duration, opened: Duration? = nil
  ) {
    self.id = id
    self.principal = principal
    self.handshake = handshake
    self.state = state
    self.logLevel = logLevel
    self.subscriptions = subscriptions
    self.isReady = isReady
    self.lifetime = lifetime
    self.opened = opened ?? .nanoseconds(Timestamp.nanosecondsNow)
  }
}
