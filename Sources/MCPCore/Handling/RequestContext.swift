// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import Observability
import Synchronization

/// Where what a handler says about its request goes. Endpoints implement it.
public protocol NotificationSink: Sendable {
  /// Sends `notification` to the peer, waiting while the peer is slow; drops it when the peer is gone.
  func send(_ notification: Message.Notification) async
  /// Called when somebody wants to know of the cancellation of `context`, which means that its request takes a while:
  /// the moment to watch whether the peer leaves.
  func watchPeer(for context: RequestContext)
  /// Sends a question to the peer (legacy era), waiting while the peer is slow. False when there is no way to.
  func send(_ question: Request) async -> Bool
  /// Ends the connection while the request is still being handled, where the client can come back. False when it cannot.
  func closeStream(retryAfter: Duration) async -> Bool
}

extension NotificationSink {
  /// Goes on.
  public func closeStream(retryAfter: Duration) async -> Bool { false }
  /// Has no way to ask anything.
  public func send(_ question: Request) async -> Bool { false }
  /// Watches nothing: where leaving is no cancellation, or is noticed anyway.
  public func watchPeer(for context: RequestContext) {}
}

/// What a handler knows about one request, and how it talks about it while it works. Gone when the request is.
public final class RequestContext: Sendable {
  /// The request's id.
  public let id: RequestID
  /// The revision the peer speaks.
  public let revision: Revision
  /// The request's `_meta`.
  public let meta: JSONObject
  /// What a handshake said of the client; a modern client says it in each request's `_meta`.
  private let handshake: (info: JSONObject?, capabilities: JSONObject)
  /// What is asked; nil where the context was made without.
  package let method: Method?
  /// The request's parameters.
  package let params: JSONObject
  /// The id of the legacy session the request belongs to; nil in the modern era and where there is none.
  public let sessionID: String?
  /// Who asks, where the endpoint made sure; nil where nobody has to say.
  public let principal: Principal?
  /// The server's own log (not the client's), without what it says about the request.
  package let serverLogger: Logger
  /// When the request was read.
  package let began = Moment.now
  /// The span that answers the request, where the server traces; else that of the client, where it sent one.
  public let trace: SpanContext?
  /// The least level of log notifications the client wants; nil wants none.
  public let logLevel: Logger.Level?

  let sink: any NotificationSink
  /// Puts questions to the client; nil when it cannot be asked.
  let inquirer: (any Inquirer)?
  private let state = Mutex(State())
  /// Whether this round ends with questions. Asked after every request, hence no part of the state behind the lock.
  private let awaitsInput = Atomic(false)

  private struct State {
    var progress = ProgressReports()
    var ending: Ending?
    var cancelActions: [@Sendable () -> Void] = []
    /// How many calls of `ask` wait.
    var asking = 0
    /// What is known of earlier rounds; nil until something is asked.
    var rounds: Rounds?
  }
  private enum Ending {
    case answered
    case cancelled(reason: String?)
  }

  /// Makes a context; endpoints and tests do.
  public init(
    id: RequestID, revision: Revision, method: Method? = nil, params: JSONObject = [:], meta: JSONObject = [:],
    clientInfo: JSONObject? = nil, clientCapabilities: JSONObject = JSONObject(), sessionID: String? = nil,
    principal: Principal? = nil, logger: Logger = .silent, logLevel: Logger.Level? = nil,
    sink: any NotificationSink = NoSink(), inquirer: (any Inquirer)? = nil, trace: SpanContext? = nil
  ) {
    self.id = id
    self.revision = revision
    self.method = method
    self.params = params
    self.meta = meta
    handshake = (clientInfo, clientCapabilities)
    self.sessionID = sessionID
    self.principal = principal
    serverLogger = logger
    self.trace = trace
    self.logLevel = logLevel
    self.sink = sink
    self.inquirer = inquirer
  }

  /// The server's own log (not the client's). Its lines name the request, its session and its trace.
  public var logger: Logger {
    serverLogger.with { [id, sessionID, meta, trace] in
      var fields: Logger.Fields = [("request", "\(id)")]
      if let sessionID { fields.append(("session", shownSession(sessionID))) }
      if let trace = trace ?? SpanContext(meta: meta) { fields.append(("trace", trace.trace.text)) }
      return fields
    }
  }

  /// Says in a line what those of `logger` say with every line.
  package func describe(in line: inout LogLine) {
    switch id {
    case .number(let number): line.add("request", decimal: number)
    case .string: line.add("request", id.description)
    }
    if let sessionID { line.add("session", shownSession(sessionID)) }
    if let trace = trace ?? SpanContext(meta: meta) { line.add("trace", trace.trace.text) }
  }

  /// What the client told of itself, undecoded; nil when it told nothing.
  public var clientInfo: JSONObject? { handshake.info ?? meta[MetaKey.clientInfo]?.object }

  /// What the client can do, undecoded.
  public var clientCapabilities: JSONObject {
    revision.era == .legacy ? handshake.capabilities : meta[MetaKey.clientCapabilities]?.object ?? [:]
  }

  /// Who asks; nil when the client did not say. Never a proof of identity.
  public var client: Implementation? { clientInfo.flatMap { try? Implementation(json: .object($0)) } }
}

extension RequestContext {
  /// Tells the client how far the request has come. Nothing is sent unless the client asked, `done` has grown since
  /// the last time, and the request is still open.
  /// - Parameters:
  ///   - done: how much is done; must grow.
  ///   - total: how much there is, when known.
  ///   - note: what is being done, for people (2025-03-26 and later).
  public func progress(_ done: Double, of total: Double? = nil, _ note: String? = nil) async {
    guard let token = meta[MetaKey.progressToken], RequestID(json: token) != nil else { return }
    guard let number = JSONNumber(done) else { return }
    var params: JSONObject = ["progressToken": token, "progress": .number(number)]
    if let total = total.flatMap(JSONNumber.init) { params["total"] = .number(total) }
    if let note, revision.hasProgressMessage { params["message"] = .string(note) }
    var notification = Message.Notification(.progress, params)
    guard state.withLock({ $0.ending == nil && $0.progress.report(done, notification) }) else { return }
    while true {
      await sink.send(notification)
      guard let next = state.withLock({ $0.ending == nil ? $0.progress.sent() : nil }) else { return }
      notification = next
    }
  }

  /// Sends the client a log line when it wants lines of this level. Never put secrets in `data`.
  /// - Parameters:
  ///   - level: how much it matters.
  ///   - data: what to say: a string, or an object with details.
  ///   - name: the part of the server that speaks.
  public func log(_ level: Logger.Level, _ data: JSON, from name: String? = nil) async {
    guard let logLevel, level >= logLevel, isOpen else { return }
    var params: JSONObject = ["level": .string(level.name), "data": data]
    if let name { params["logger"] = .string(name) }
    await sink.send(Message.Notification(.message, params))
  }

  /// How far the client was told the request has come, and whether it is being asked, for time limits that both extend.
  package var pulse: (progress: Double, isAsking: Bool) { state.withLock { ($0.progress.latest, $0.asking > 0) } }

  /// Whether the request is neither answered nor cancelled.
  public var isOpen: Bool { state.withLock { $0.ending == nil } }

  /// Whether the client withdrew the request, or left.
  public var isCancelled: Bool {
    state.withLock { if case .cancelled = $0.ending { true } else { false } }
  }

  /// Runs `action` when the request is cancelled; at once when it already is, never once it is answered.
  public func onCancel(_ action: @escaping @Sendable () -> Void) {
    let (isCancelled, isFirst) = state.withLock { state in
      switch state.ending {
      case nil:
        state.cancelActions.append(action)
        return (false, state.cancelActions.count == 1)
      case .answered: return (false, false)
      case .cancelled: return (true, false)
      }
    }
    if isFirst { sink.watchPeer(for: self) }
    if isCancelled { action() }
  }

  /// Withdraws the request: nothing more is sent for it. Answered and cancelled requests stay as they are.
  package func cancel(reason: String?) {
    let actions = end(.cancelled(reason: reason))
    for action in actions { action() }
  }

  /// Closes the request because its response goes out. False when it was cancelled first: then nothing may be sent.
  package func finish() -> Bool {
    _ = end(.answered)
    return !isCancelled
  }

  private func end(_ ending: Ending) -> [@Sendable () -> Void] {
    state.withLock { state in
      guard state.ending == nil else { return [] }
      state.ending = ending
      defer { state.cancelActions = [] }
      return state.cancelActions
    }
  }
}

// MARK: - What questions need

extension RequestContext {
  /// Sends a notification, whatever became of the request.
  package func tell(_ notification: Message.Notification) async { await sink.send(notification) }

  /// Sends a question; false when there is no way to.
  package func send(_ question: Request) async -> Bool { await sink.send(question) }

  func beginAsking() { state.withLock { $0.asking += 1 } }
  func endAsking() { state.withLock { $0.asking -= 1 } }

  /// Whether this round ends with questions.
  package var needsInput: Bool { awaitsInput.load(ordering: .acquiring) }

  /// What is known of earlier rounds; nil until something was asked. Set once.
  package var rounds: Rounds? {
    get { state.withLock { $0.rounds } }
    set { state.withLock { if $0.rounds == nil { $0.rounds = newValue } } }
  }

  /// The answers to questions; nil when one has none yet, which is noted.
  package func answers(to questions: [(Question, name: String)]) -> [JSON]? {
    let answers = state.withLock { state -> [JSON] in
      guard var rounds = state.rounds else { return [] }
      state.rounds = nil  // so that it is changed in place
      defer { state.rounds = rounds }
      return questions.map { rounds.answer(to: $0, as: $1) }.compactMap { $0 }
    }
    if answers.count == questions.count { return answers }
    awaitsInput.store(true, ordering: .releasing)
    return nil
  }
}

extension SpanContext {
  /// The span of whoever sent a request with this `_meta`; nil when it does not say.
  package init?(meta: JSONObject) {
    guard let parent = meta[MetaKey.traceparent]?.string, let context = SpanContext(traceparent: parent) else {
      return nil
    }
    self = context
  }
}

/// Drops every notification: for requests whose peer cannot be told anything.
public struct NoSink: NotificationSink {
  /// Makes a sink.
  public init() {}
  /// Drops `notification`.
  public func send(_ notification: Message.Notification) async {}
}
