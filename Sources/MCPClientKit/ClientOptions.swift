// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
public import Observability

/// How a client introduces itself, what it waits for and whom it tells.
public struct ClientOptions: Sendable {
  /// Which revision to speak.
  public enum ProtocolChoice: Sendable, Hashable {
    /// The newest both sides speak: the modern era is tried first, then the handshake.
    case automatic
    /// The handshake, without trying the modern era first.
    case legacy
    /// This revision. A legacy server may still counter-offer another legacy one; `Client.negotiated` tells.
    case revision(Revision)
  }

  /// Who asks.
  public var client: Implementation
  /// What the client can do beside answering (schema: `ClientCapabilities`); what the responder can is added.
  public var capabilities: JSONObject
  /// Answers what servers ask. Without one they are told that nothing can be asked.
  public var responder: (any Responder)?
  /// Which revision to speak.
  public var protocolChoice: ProtocolChoice
  /// How long to wait for what.
  public var timeouts: Timeouts
  /// Bounds on what a server may send.
  public var limits: Limits
  /// Goes with every request in its `_meta`: the W3C trace context, `traceparent` for instance.
  public var traceContext: [String: String]
  /// Records a span for each request, under that of `traceContext`, and tells the server which; nil records none.
  public var tracer: Tracer?
  /// Whether structured output is checked against the schema the tool was listed with. Default: it is.
  public var checksOutput: Bool
  /// How often a request is repeated when the server cannot be reached, breaks the connection or is busy. Only what is
  /// harmless to repeat is, and what surely never arrived. Default 2.
  public var retries: Int
  /// How HTTP servers are reached.
  public var http: HTTPOptions
  /// Gets and renews the token for an HTTP server. A header `Authorization` of `http` goes before it.
  public var authorizer: Authorizer?
  /// What becomes of a child's standard error.
  public var standardError: StandardError
  /// Hears what is captured of a child's standard error, as it comes. Must return quickly.
  public var onStandardError: (@Sendable ([UInt8]) -> Void)?
  /// Hears every notification. Called in order, one at a time; must return quickly.
  public var onNotification: (@Sendable (Message.Notification) -> Void)?
  /// Sees every frame as it is sent and received, secrets included: for `-v`.
  public var onTrace: (@Sendable (TraceEvent) -> Void)?
  /// Hears how long each request took, and where, when it is over. Must return quickly.
  public var onTiming: (@Sendable (RequestTiming) -> Void)?
  /// The client's own log.
  public var logger: Logger

  /// What becomes of what a child process writes to its standard error.
  public enum StandardError: Sendable, Hashable {
    /// It goes where ours goes.
    case inherit
    /// Its end is kept, and quoted when the child ends unexpectedly.
    case capture
    /// It goes nowhere.
    case discard
  }

  /// Makes options; each has a default.
  public init(
    client: Implementation = Implementation(name: "MCPClientKit", version: "1.0"), capabilities: JSONObject = [:],
    responder: (any Responder)? = nil, protocolChoice: ProtocolChoice = .automatic, timeouts: Timeouts = Timeouts(),
    limits: Limits = Limits(),
    traceContext: [String: String] = [:], tracer: Tracer? = nil, checksOutput: Bool = true, retries: Int = 2,
    http: HTTPOptions = HTTPOptions(), authorizer: Authorizer? = nil, standardError: StandardError = .capture,
    onNotification: (@Sendable (Message.Notification) -> Void)? = nil,
    onTrace: (@Sendable (TraceEvent) -> Void)? = nil, logger: Logger = .silent
  ) {
    self.client = client
    self.capabilities = capabilities
    self.responder = responder
    self.protocolChoice = protocolChoice
    self.timeouts = timeouts
    self.limits = limits
    self.traceContext = traceContext
    self.tracer = tracer
    self.checksOutput = checksOutput
    self.retries = retries
    self.http = http
    self.authorizer = authorizer
    self.standardError = standardError
    self.onNotification = onNotification
    self.onTrace = onTrace
    self.logger = logger
  }
}

extension ClientOptions {
  /// How long to wait for what.
  public struct Timeouts: Sendable, Hashable {
    /// For a TCP and TLS connection. Default 10 s.
    public var connect: Duration
    /// For the answer to the first, modern request on a channel that may stay silent, since it was read. Default 2 s.
    public var probe: Duration
    /// For the answer to `initialize` or `server/discover`. Default 30 s.
    public var opening: Duration
    /// For an answer, since the request or its last progress notification. Default 60 s.
    public var idle: Duration
    /// For an answer, progress or not. Default 10 min.
    public var total: Duration
    /// For the responder's answer to one question of the server; meanwhile `idle` stands still. Default 10 min.
    public var answering: Duration
    /// For each step of a polite end: input closed, SIGTERM; or the DELETE of a session. Default 2 s.
    public var closing: Duration
    /// How often a legacy server is pinged; one that stays silent until the next ping has lost the connection, which is
    /// opened again. Default nil: never, because each request has its own deadline.
    public var ping: Duration?

    /// Makes timeouts; each has a default.
    public init(
      connect: Duration = .seconds(10), probe: Duration = .seconds(2), opening: Duration = .seconds(30),
      idle: Duration = .seconds(60), total: Duration = .seconds(600), answering: Duration = .seconds(600),
      closing: Duration = .seconds(2), ping: Duration? = nil
    ) {
      self.connect = connect
      self.probe = probe
      self.opening = opening
      self.idle = idle
      self.total = total
      self.answering = answering
      self.closing = closing
      self.ping = ping
    }
  }

  /// Bounds on what a server may send.
  public struct Limits: Sendable, Hashable {
    /// The longest message in bytes. Default 64 MiB.
    public var message: Int
    /// The most pages of one list. Default 1000.
    public var pages: Int
    /// The most requests of a legacy server that are answered at once. Default 16.
    public var serverRequests: Int
    /// The most requests of a legacy server that wait for their turn; further ones are dropped, unanswered: an answer
    /// to each would make of a server's flood one of ours. Default 64.
    public var waitingServerRequests: Int
    /// How many notifications wait for a subscriber; then the oldest are lost. Default 1024.
    public var notifications: Int
    /// How many results are kept that their server allows to be used again (2026-07-28); 0 keeps none. Default 128.
    public var cachedResults: Int
    /// How many bytes kept results may have in all. Default 16 MiB.
    public var cachedBytes: Int
    /// The most questions in one result of a modern server. Default 64.
    public var questions: Int
    /// The most attempts in a row to go on with a broken event stream that may fail. Default 5.
    public var resumptions: Int
    /// The most times a modern server may ask before it answers one request. Default 10.
    public var rounds: Int

    /// Makes limits; each has a default.
    public init(
      message: Int = 64 << 20, pages: Int = 1000, serverRequests: Int = 16, waitingServerRequests: Int = 64,
      notifications: Int = 1024, cachedResults: Int = 128, cachedBytes: Int = 16 << 20, questions: Int = 64,
      rounds: Int = 10, resumptions: Int = 5
    ) {
      self.message = message
      self.pages = pages
      self.serverRequests = serverRequests
      self.waitingServerRequests = waitingServerRequests
      self.notifications = notifications
      self.cachedResults = cachedResults
      self.cachedBytes = cachedBytes
      self.questions = questions
      self.rounds = rounds
      self.resumptions = resumptions
    }
  }

  /// How HTTP servers are reached. Proxies come from the usual environment variables.
  public struct HTTPOptions: Sendable, Hashable {
    /// One header field.
    public struct Header: Sendable, Hashable {
      /// The field's name.
      public var name: String
      /// The field's value.
      public var value: String

      /// Makes a header field.
      public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
      }
    }

    /// Sent with every request, `Authorization` for instance.
    public var headers: [Header]
    /// A file of certificates to trust instead of the system's.
    public var certificateAuthorities: String?
    /// A file with our certificate.
    public var certificate: String?
    /// A file with the key of our certificate.
    public var key: String?
    /// Whether to accept any certificate. Only for tests.
    public var allowsAnyCertificate: Bool
    /// Addresses that override name resolution, as curl spells them: `host:port:address`.
    public var resolve: [String]

    /// Makes options; each has a default.
    public init(
      headers: [Header] = [], certificateAuthorities: String? = nil, certificate: String? = nil, key: String? = nil,
      allowsAnyCertificate: Bool = false, resolve: [String] = []
    ) {
      self.headers = headers
      self.certificateAuthorities = certificateAuthorities
      self.certificate = certificate
      self.key = key
      self.allowsAnyCertificate = allowsAnyCertificate
      self.resolve = resolve
    }
  }
}

/// What happens on the wire, for people who watch.
public enum TraceEvent: Sendable, Hashable {
  /// A message was sent.
  case sent([UInt8])
  /// A message was received.
  case received([UInt8])
  /// The head of an HTTP request or response, line by line, without what is secret in it.
  case http([String])
  /// Something else worth knowing: a fallback, an HTTP status, a child that ended.
  case note(String)
}
