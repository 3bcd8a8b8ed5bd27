// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// A stream that must not fall silent for long, or what is between the peers takes it for dead.
protocol Beating: AnyObject, Sendable {
  /// Sends a comment if nothing else was sent since the last beat.
  func beat()
}

/// The open event streams.
final class Heartbeat: Sendable {
  private let streams = Mutex<[ObjectIdentifier: any Beating]>([:])

  func add(_ stream: any Beating) { streams.withLock { $0[ObjectIdentifier(stream)] = stream } }
  func remove(_ stream: any Beating) { _ = streams.withLock { $0.removeValue(forKey: ObjectIdentifier(stream)) } }

  func beat() {
    for stream in streams.withLock({ Array($0.values) }) { stream.beat() }
  }
}

/// Events that are sent as they are posted. While none are, it costs a connection and little more.
struct EventStream: Sendable {
  let mailbox: EventMailbox
  /// Called when the server stops, to close the mailbox soon.
  let stop: @Sendable () -> Void
  /// Called once, when the stream has ended.
  let ended: @Sendable () -> Void
}

extension HTTPResponder {
  /// What an event stream is sent with; proxies are told not to hold it back.
  ///
  /// Spec: 2026-07-28, basic/transports/streamable-http, "Sending Messages to the Server".
  static let eventHeaders: HTTPHeaders = [
    "Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no",
  ]

  /// Sends what is posted until the mailbox is closed or the peer is gone.
  func send(_ stream: EventStream, keptAliveBy heartbeat: Heartbeat) async {
    let mailbox = stream.mailbox
    heartbeat.add(mailbox)
    onDisconnect { mailbox.close() }
    onShutdown(stream.stop)
    await startStream(.ok, headers: Self.eventHeaders)
    do {
      while let events = await mailbox.next() { try await write(events) }
    } catch {
      // The peer is gone: what was posted for it meanwhile has no other reader.
      mailbox.close()
    }
    heartbeat.remove(mailbox)
    stream.ended()
    await finish()
  }
}

extension [UInt8] {
  /// The text, which is one line because the compact spelling of JSON has no line ends, as an event.
  var event: [UInt8] { Array("event: message\ndata: ".utf8) + self + Array("\n\n".utf8) }
}

extension JSON {
  /// The value as an event.
  var event: [UInt8] { bytes.event }
}
