// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Synchronization

/// Keeps what sessions are told on streams that can be resumed.
final class EventKeeper: Sendable {
  let service: Service
  let log: any EventLog

  init(_ service: Service, log: any EventLog) {
    self.service = service
    self.log = log
  }

  /// Says something on the general stream of a session.
  /// - Parameter isHeardByAll: whether all servers hear of it, so that the one says it which sends the stream.
  func say(_ message: [UInt8], to peer: Peer, isHeardByAll: Bool) async {
    guard let session = peer.session else { return }
    do {
      guard isHeardByAll || !log.isShared else { return try await log.relay(message, of: session) }
      guard peer.mayListen else { return }
      if peer.beginsLog() { try await log.open(EventID.generalStream, of: session) }
      _ = try await log.append(message, to: EventID.generalStream, of: session)
      peer.ring(EventID.generalStream)
    } catch is EventRefusal {
      // Another server sends the stream, and says the same.
      peer.lose(EventID.generalStream)
    } catch {
      failed(error)
    }
  }

  /// The client has confirmed the handshake, and will soon listen, here or elsewhere: until then what it is to be told is kept.
  func expectListener(_ peer: Peer) async throws {
    guard let session = peer.session else { return }
    try await log.expect(session)
  }

  func failed(_ error: any Error) { service.logger.error("event log failed", [("error", "\(error)")]) }

  /// What is said in place of messages of the general stream that were forgotten: that all the client may know has
  /// changed, so that it asks again.
  func amends(to peer: Peer) async -> [UInt8] {
    service.logger.info("events were forgotten before they were sent")
    var said = peer.subscriptions.sorted().map(Announcement.resourceUpdated)
    said += await listsThatChange(for: peer).map(Announcement.listChanged)
    return said.flatMap { News($0).text.event }
  }

  private func listsThatChange(for peer: Peer) async -> [FeatureKind] {
    guard let handshake = peer.handshake else { return [] }
    let context = RequestContext(id: .number(0), revision: handshake.revision, logger: service.logger)
    guard
      case .complete(let discovery, _)? = try? await service.handler.handle(
        Request(id: context.id, method: .discover), in: context)
    else { return [] }
    return FeatureKind.allCases.filter { discovery["capabilities"]?[$0.rawValue]?["listChanged"] == true }
  }
}

extension Peer {
  /// Its session; nil on a channel.
  var session: Session.ID? { sessionID.map(Session.ID.init(rawValue:)) }

  var subscriptions: Set<String> { state.withLock { $0.subscriptions } }
}
