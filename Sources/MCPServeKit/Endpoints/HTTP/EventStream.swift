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

  /// How many there are.
  var count: Int { streams.withLock { $0.count } }

  func beat() {
    for stream in streams.withLock({ Array($0.values) }) { stream.beat() }
  }
}

/// Where the events of a stream come from.
protocol EventSource: Beating {
  /// The next events, as they are sent; nil when none will come.
  func next() async -> [UInt8]?
  /// Ends the stream.
  func close()
}

/// Events that are sent as they come. While none do, it costs a connection and little more.
struct EventStream: Sendable {
  let source: any EventSource
  /// Called when the server stops, to end the source soon.
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

  /// Sends what comes until there is no more or the peer is gone.
  func send(_ stream: EventStream, keptAliveBy heartbeat: Heartbeat) async {
    let source = stream.source
    heartbeat.add(source)
    onDisconnect { source.close() }
    onShutdown(stream.stop)
    await startStream(.ok, headers: Self.eventHeaders)
    do {
      while let events = await source.next() { try await write(events) }
    } catch {
      source.close()
    }
    heartbeat.remove(source)
    stream.ended()
    await finish()
  }
}
