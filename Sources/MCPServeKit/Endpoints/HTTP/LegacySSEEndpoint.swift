// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// Serves HTTP+SSE of revision 2024-11-05: one stream for everything the server says, and a path to POST to.
///
/// The stream is the session: when it ends, the session does.
final class LegacySSEEndpoint: Sendable {
  private let service: Service
  private let messagesPath: String
  private let heartbeat: Heartbeat
  private let channels = Mutex<[String: EventChannel]>([:])

  init(_ service: Service, messagesPath: String, heartbeat: Heartbeat) {
    self.service = service
    self.messagesPath = messagesPath
    self.heartbeat = heartbeat
  }

  /// GET: opens a session and its stream, the first event of which says where to POST.
  func listen(_ request: HTTPRequest, through responder: HTTPResponder) async -> HTTPAnswer {
    guard request.method == .get else { return .methodNotAllowed("GET") }
    guard Acceptance(request.headers).events else { return .notAcceptable("text/event-stream") }
    let id = Session.ID.random().rawValue
    let mailbox = EventMailbox(limit: service.limits.streamMessages)
    let channel = EventChannel(mailbox: mailbox, limit: service.limits.requestsInFlight)
    let isOpen = channels.withLock { channels in
      guard channels.count < service.limits.sessions else { return false }
      channels[id] = channel
      return true
    }
    guard isOpen else {
      let error = RPCError(.internalError, "\(service.limits.sessions) sessions are open, the limit: try again later")
      return .error(.serviceUnavailable, error)
    }
    mailbox.post(ServerSentEvent(event: "endpoint", data: "\(messagesPath)?sessionId=\(id)").encoded())
    await withTaskGroup(of: Void.self) { group in
      group.addImmediateTask { [service] in
        // The channel never fails: what it carries was bounded when it came.
        try? await ChannelEndpoint(service, on: channel).run()
      }
      await responder.stream(mailbox, keptAliveBy: heartbeat)
      channels.withLock { $0[id] = nil }
      await channel.close()
      group.cancelAll()
    }
    return .streamed
  }

  /// POST: hands a message to the session; the answer comes on its stream.
  func take(_ request: HTTPRequest) -> HTTPAnswer {
    guard request.method == .post else { return .methodNotAllowed("POST") }
    guard request.hasJSONBody else {
      return .error(.unsupportedMediaType, RPCError(.invalidRequest, "Content-Type must be application/json"))
    }
    guard let id = request.queryValue("sessionId") ?? request.queryValue("session_id") else {
      return .error(.badRequest, RPCError(.invalidRequest, "the query needs a sessionId: open the event stream first"))
    }
    guard let channel = channels.withLock({ $0[id] }) else {
      return .error(.notFound, RPCError(.invalidRequest, "there is no such session, or no longer: open a new stream"))
    }
    do throws(JSONError) {
      _ = try JSON(parsing: request.body)
    } catch {
      return .error(.badRequest, RPCError(.parseError, "the body is not JSON: \(error)"))
    }
    guard channel.deliver(request.body) else {
      return .error(.serviceUnavailable, RPCError(.internalError, "too many messages wait in this session: slow down"))
    }
    return .accepted
  }
}

/// What is POSTed comes in, what is said goes out as events.
final class EventChannel: MessageChannel {
  private let mailbox: EventMailbox
  private let texts: AsyncStream<[UInt8]>
  private let delivery: AsyncStream<[UInt8]>.Continuation

  init(mailbox: EventMailbox, limit: Int) {
    self.mailbox = mailbox
    (texts, delivery) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingOldest(limit))
  }

  /// False when too many wait.
  func deliver(_ text: [UInt8]) -> Bool {
    if case .enqueued = delivery.yield(text) { true } else { false }
  }

  func send(_ text: [UInt8]) async throws {
    var event = Array("event: message\ndata: ".utf8)
    event += text
    event += [UInt8(ascii: "\n"), UInt8(ascii: "\n")]
    guard mailbox.post(event) else { throw ChannelClosed() }
  }

  func receive() async throws -> [UInt8]? {
    for await text in texts { return text }
    return nil
  }

  func close() async {
    delivery.finish()
    mailbox.close()
  }
}

extension HTTPRequest {
  /// The first value of that name in the query.
  func queryValue(_ name: String) -> String? {
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, parts[0] == name { return PercentEncoding.decoded(parts[1]) }
    }
    return nil
  }
}
