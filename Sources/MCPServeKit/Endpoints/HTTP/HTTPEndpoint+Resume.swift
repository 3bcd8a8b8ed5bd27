// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

/// The header that names the last event a client knows.
let lastEventID = "last-event-id"

extension HTTPEndpoint {
  /// The stream on which a session is told what belongs to no request.
  func generalStream(to peer: Peer) -> HTTPAnswer {
    // What was said since the client confirmed the handshake had nobody to hear it yet.
    stream(EventID.generalStream, to: peer, from: peer.hasListened ? .now : .beginning)
  }

  /// The same where other servers may have sent it before.
  func sharedStream(to peer: Peer) async -> HTTPAnswer {
    guard let session = peer.session else { return generalStream(to: peer) }
    do {
      let claim = try await keeper.log.claim(EventID.generalStream, of: session)
      return stream(EventID.generalStream, to: peer, from: claim.isFirst ? .beginning : .now)
    } catch {
      return failure(error)
    }
  }

  /// Sends what came after an event, on the stream of that event alone, and then what comes.
  ///
  /// The id is looked for in the log of the one session the request was found to belong to, so it leads nowhere else.
  /// Spec: 2025-11-25, basic/transports, "Resumability and Redelivery".
  func resume(_ peer: Peer, after text: String) async -> HTTPAnswer {
    guard let session = peer.session, let id = EventID(text) else {
      return .error(.badRequest, .invalidParams("Last-Event-ID is none of this server's"))
    }
    let piece: LoggedEvents?
    var hasGap = !peer.hasListened
    do {
      piece = try await keeper.log.events(after: id.position, on: id.stream, of: session, limit: 1)
      if keeper.log.isShared, piece != nil || id.stream == EventID.generalStream {
        hasGap = try await keeper.log.claim(id.stream, of: session).mayHaveGap
      }
    } catch {
      return failure(error)
    }
    if id.stream == EventID.generalStream {
      // What nobody was told yet cannot have been seen: such an id stands for what is the end now, before anybody says more.
      let position = piece.map { $0.events.isEmpty ? $0.position : id.position } ?? EventID.start
      return stream(id.stream, to: peer, from: .after(position), hasGap: hasGap)
    }
    guard piece != nil else {
      return .error(
        .badRequest, RPCError(.internalError, "the stream of this Last-Event-ID is over and forgotten: ask again"))
    }
    return stream(id.stream, to: peer, from: .after(id.position))
  }

  private func stream(
    _ stream: String, to peer: Peer, from start: LogReader.Start, hasGap: Bool = false
  ) -> HTTPAnswer {
    let reader = LogReader(keeper, peer, stream: stream, from: start, hasGap: hasGap)
    guard peer.attach(reader, to: stream) else {
      return .error(.notFound, RPCError(.invalidRequest, "the session is over: start one with initialize"))
    }
    return .stream(
      EventStream(source: reader, stop: reader.finish, ended: { peer.detach(reader, from: stream) }))
  }
}
