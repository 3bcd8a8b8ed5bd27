// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Synchronization

/// The stream of one reply as the log keeps it, so that it outlives its connection.
final class ReplyRecord: Sendable {
  /// Whose reply it is, and who keeps it.
  struct Place: Sendable {
    let keeper: EventKeeper
    let peer: Peer
    let session: Session.ID
    let revision: Revision
    /// What is answered.
    let requests: [RequestID]

    /// Nil when the peer's streams cannot be resumed.
    init?(_ keeper: EventKeeper, _ peer: Peer, answering requests: [RequestID]) {
      guard let session = peer.session, let revision = peer.handshake?.revision, revision.hasResumption else {
        return nil
      }
      self.keeper = keeper
      self.peer = peer
      self.session = session
      self.revision = revision
      self.requests = requests
    }
  }

  let place: Place
  /// Nobody can guess it, and no two streams have the same.
  let name = "r" + String(UInt64.random(in: .min ... .max), radix: 36)
  /// What is logged is sent in the same order.
  let turn = Turn()
  /// Whether the log knows of the stream, so that others may end it.
  private let isKnown = Atomic(false)

  init(_ place: Place) { self.place = place }

  /// Begins the record, with `listener` as the one who sends it.
  func open(_ listener: any StreamListener) async {
    do {
      try await place.keeper.log.begin(name, answering: place.requests, of: place.session)
      isKnown.store(true, ordering: .relaxed)
    } catch {
      place.keeper.failed(error)
    }
    // When the session is over, its requests are withdrawn: little more is said.
    _ = place.peer.attach(listener, to: name)
  }

  /// The message as an event, kept for whoever comes back for it. Nil when the client was told by another server that there is no
  /// answer any more, because this one was taken for dead, or may have been told.
  func keep(_ message: [UInt8]) async -> [UInt8]? {
    do {
      let id = try await place.keeper.log.append(message, to: name, of: place.session)
      return message.event(id, place.revision)
    } catch let refusal as EventRefusal {
      place.keeper.service.logger.warning("message dropped", [("reason", refusal.description)])
      return nil
    } catch {
      place.keeper.failed(error)
      return isKnown.load(ordering: .relaxed) && place.keeper.log.isCutOff ? nil : message.event
    }
  }

  /// Nothing more is said.
  func close() async {
    do {
      try await place.keeper.log.close(name, of: place.session)
    } catch {
      place.keeper.failed(error)
    }
    place.peer.ring(name)
  }

  /// The first event; nil in revisions that do not expect it.
  func priming(retry: Duration?) -> [UInt8]? {
    primingEvent(
      EventID(stream: name, position: EventID.start), place.revision,
      retry: retry ?? place.keeper.service.limits.retryTime)
  }
}
