// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// A reply that can be resumed. A disconnect is no cancellation: the handler goes on, and what it says is kept.
///
/// Spec: 2025-11-25, basic/transports, "Sending Messages to the Server", "Resumability and Redelivery".
extension ReplyStream: StreamListener {
  /// Keeps what is said from the first message on. To be called before anything is.
  func keep(in place: ReplyRecord.Place?) { state.withLock { $0.place = place } }

  /// The record; made with the first message, so that a reply of one JSON text costs nothing.
  func makeRecord() -> ReplyRecord? {
    state.withLock { state in
      if state.record == nil { state.record = state.place.map(ReplyRecord.init) }
      return state.record
    }
  }

  func write(_ message: [UInt8], to record: ReplyRecord, isLast: Bool) async {
    await record.turn.begin()
    defer { record.turn.end() }
    guard isLast || !state.withLock({ $0.isFinished }) else { return }
    await begin(record)
    guard let event = await record.keep(message) else { return giveWay() }
    guard isSending() else { return record.place.peer.ring(record.name) }
    do {
      try await responder.write(event)
    } catch {
      // The client is gone, and may come back.
      detach(record)
    }
  }

  func closeStream(retryAfter: Duration) async -> Bool {
    guard accepts.events, let record = makeRecord(), record.place.revision.hasPolling else { return false }
    await record.turn.begin()
    defer { record.turn.end() }
    let (isStarted, isOpen) = state.withLock { ($0.isStarted, $0.isAttached && !$0.isFinished) }
    guard isOpen else { return false }
    if isStarted {
      try? await responder.write(retryField(retryAfter))
    } else {
      await begin(record, comingBackAfter: retryAfter)
    }
    detach(record)
    responder.hangUp()
    return true
  }

  func endRecord() async {
    guard let record = state.withLock({ $0.record }) else { return }
    await record.close()
    record.place.peer.detach(self, from: record.name)
  }

  /// Begins the stream, unless it has begun.
  private func begin(_ record: ReplyRecord, comingBackAfter retry: Duration? = nil) async {
    let isFirst = state.withLock { state in
      defer { state.isStarted = true }
      return !state.isStarted
    }
    guard isFirst else { return }
    heartbeat.add(self)
    await record.open(self)
    var headers = HTTPResponder.eventHeaders
    if retry != nil { headers.add("Connection", "close") }
    await responder.startStream(.ok, headers: headers)
    if let priming = record.priming(retry: retry) { try? await responder.write(priming) }
  }

  private func isSending() -> Bool {
    state.withLock { state in
      state.isQuiet = false
      return state.isAttached
    }
  }

  private func detach(_ record: ReplyRecord) {
    state.withLock { $0.isAttached = false }
    heartbeat.remove(self)
    record.place.peer.detach(self, from: record.name)
  }

  /// Sends by itself, in `write`.
  func ring() {}

  /// Ends with its reply.
  func end(retryAfter pause: Duration) {}

  /// Ends soon: the request is withdrawn.
  func sessionEnded() {}

  func giveWay() {
    state.withLock { $0.isAttached = false }
    heartbeat.remove(self)
    // What waits to be sent there must not hold up what is said next.
    responder.breakOff()
  }
}
