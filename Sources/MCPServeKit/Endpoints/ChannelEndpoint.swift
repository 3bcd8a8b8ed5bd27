// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
public import MCPCore
import Observability

/// Serves one peer at the other end of a channel: stdin and stdout, or memory.
///
/// Requests are answered as they are ready, many at a time. A peer that asks before `initialize` is answered as one of
/// the newest legacy revision, so that one line piped into a server gets its answer.
public struct ChannelEndpoint: Sendable {
  private let channel: any MessageChannel
  private let conversation: Conversation
  private let subscriptions = Subscriptions()

  /// Makes an endpoint; `run` serves.
  /// - Parameter principal: who is at the other end. Default: whoever started this process, or is part of it.
  public init(_ service: Service, on channel: any MessageChannel, from principal: Principal = .local) {
    self.channel = channel
    conversation = Conversation(
      service: service, peer: Peer(), principal: principal, assumed: .assumed, subscriptions: subscriptions)
  }

  /// How far the legacy conversation is.
  public var state: SessionState { conversation.peer.current }

  /// Serves until the peer is gone, then answers what was asked and closes the channel. Cancelling the task withdraws
  /// the requests in flight.
  /// - Throws: what the channel throws when the peer sends what it cannot carry.
  public func run() async throws {
    let service = conversation.service
    let announcements = Announcements(of: service.announcer, limit: service.limits.announcements)
    defer { announcements.end() }
    let served = Promise<Void>()
    let failure = await withTaskCancellationHandler {
      defer { served.keep(()) }
      return await serve(announcements)
    } onCancel: { [channel, conversation, subscriptions] in
      let hasLastWords = subscriptions.close()
      conversation.peer.terminate(reason: "the server is stopping")
      // Answers that wait for the peer must not hold up the stop. Nobody waits for this: it only ends waits.
      Task {
        if hasLastWords { await served.kept(within: .seconds(1)) }
        await channel.close()
      }
    }
    if failure != nil { conversation.peer.fail() }
    conversation.peer.terminate(reason: "the channel is closed")
    await channel.close()
    if let failure { throw failure }
  }

  /// Serves until there are no more texts and all are answered; the reason when the channel broke.
  private func serve(_ announcements: Announcements) async -> (any Error)? {
    let backlog = Backlog(limit: conversation.service.limits.unsentAnswers)
    var timer: Task<Void, any Error>?
    let failure = await withDiscardingTaskGroup { group in
      group.addTask { await tell(announcements) }
      let failure = await receive(backlog) { text in
        group.addImmediateTask { await answer(text, backlog) }
      }
      announcements.end()
      subscriptions.close()
      timer = terminateLater()
      return failure
    }
    timer?.cancel()
    return failure
  }

  /// Hands every text to `take` until there are no more; the reason when the channel broke.
  private func receive(_ backlog: Backlog, _ take: ([UInt8]) -> Void) async -> (any Error)? {
    do {
      while let text = try await channel.receive() {
        take(text)
        // Who does not read answers is not read from either.
        await backlog.room()
      }
      return nil
    } catch {
      conversation.service.logger.error("channel failed", [("error", "\(error)")])
      return error
    }
  }

  private func answer(_ text: [UInt8], _ backlog: Backlog) async {
    let sink = ChannelSink(channel: channel)
    guard let answer = await conversation.answer(text, telling: sink) else { return }
    backlog.begin()
    await sink.send(answer)
    backlog.end()
  }

  /// Gives the requests in flight a while before they are withdrawn.
  private func terminateLater() -> Task<Void, any Error>? {
    let peer = conversation.peer
    guard peer.requestsInFlight > 0 else { return nil }
    let limit = conversation.service.limits.drainTime
    return Task {
      try await Task.sleep(for: limit)
      peer.terminate(reason: "the client is gone")
    }
  }

  private func tell(_ announcements: Announcements) async {
    let sink = ChannelSink(channel: channel)
    while let batch = await announcements.next() {
      for news in batch {
        if conversation.peer.wants(news) { await sink.send(news.text) }
        await subscriptions.tell(news, sink)
      }
    }
  }
}

/// Sends to a channel; what the peer no longer reads is dropped.
struct ChannelSink: NotificationSink {
  let channel: any MessageChannel

  func send(_ notification: Message.Notification) async { await send(Message.notification(notification).json.bytes) }

  func send(_ question: Request) async -> Bool {
    do {
      try await channel.send(Message.request(question).json.bytes)
      return true
    } catch {
      return false
    }
  }

  func send(_ text: [UInt8]) async { try? await channel.send(text) }
}
