// SPDX-License-Identifier: Apache-2.0
import Observability
import Synchronization

/// What a server says unasked, as it comes. One task at a time may iterate.
///
/// Ends when it is cancelled, when the client is closed and when the server ends it politely; throws `ClientError` when
/// the server is lost and does not come back. A subscriber that does not keep up loses the oldest notifications.
public final class Subscription: AsyncSequence, Sendable {
  /// What a subscriber hears.
  public typealias Element = ServerNotification
  /// Waits for the next.
  public typealias AsyncIterator = AsyncThrowingStream<ServerNotification, any Error>.Iterator

  /// What the server agreed to tell; compare it with what was wanted.
  public let honoured: Interests
  private let feed: Feed
  private let end: @Sendable () async -> Void

  init(_ honoured: Interests, _ feed: Feed, end: @escaping @Sendable () async -> Void) {
    self.honoured = honoured
    self.feed = feed
    self.end = end
  }

  deinit {
    let end = end
    Task { await end() }  // nobody is left to wait for it
  }

  /// Waits for the next.
  public func makeAsyncIterator() -> AsyncIterator { feed.stream.makeAsyncIterator() }

  /// Tells the server that nobody listens any more. What was heard already can still be read.
  public func cancel() async { await end() }
}

/// Where notifications wait for their subscriber.
final class Feed: Sendable {
  let interests: Interests
  let stream: AsyncThrowingStream<ServerNotification, any Error>
  private let continuation: AsyncThrowingStream<ServerNotification, any Error>.Continuation
  private let logger: Logger
  private let dropped = Atomic(0)

  init(_ interests: Interests, limit: Int, logger: Logger) {
    self.interests = interests
    self.logger = logger
    (stream, continuation) = AsyncThrowingStream.makeStream(bufferingPolicy: .bufferingNewest(limit))
  }

  func tell(_ notification: ServerNotification) {
    guard interests.cover(notification), case .dropped = continuation.yield(notification) else { return }
    let count = dropped.add(1, ordering: .relaxed).newValue
    // Once in a while, lest the log be the flood.
    guard count & (count - 1) == 0 else { return }
    logger.warning("a subscriber does not keep up", [("dropped", "\(count)")])
  }

  func finish(_ error: ClientError? = nil) { continuation.finish(throwing: error) }
}
