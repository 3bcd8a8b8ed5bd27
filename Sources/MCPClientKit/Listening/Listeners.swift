// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Synchronization

/// Who listens to what a server says unasked.
final class Listeners: Sendable {
  private struct State {
    var feeds: [Int: Feed] = [:]
    var next = 0
    /// Modern: what the stream of one listen request says.
    var streams: [RequestID: @Sendable (Message.Notification) -> Void] = [:]
    /// What ends each subscription when the client is closed.
    var tasks: [Int: Task<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// Brings a notification to everybody it is meant for.
  func tell(_ notification: Message.Notification, on stream: RequestID?) {
    let named = notification.params["_meta"]?[MetaKey.subscriptionID].flatMap(RequestID.init(json:))
    let withdrawn =
      notification.method == .cancelled ? notification.params["requestId"].flatMap(RequestID.init(json:)) : nil
    let (listener, feeds) = state.withLock { state in
      let id = named ?? withdrawn ?? stream
      return (id.flatMap { state.streams[$0] }, Array(state.feeds.values))
    }
    // What names a subscription is for it alone, also when nobody has it any more.
    if let listener { return listener(notification) }
    guard named == nil, let said = ServerNotification(notification) else { return }
    for feed in feeds { feed.tell(said) }
  }

  func add(_ feed: Feed) -> Int {
    state.withLock { state in
      state.next += 1
      state.feeds[state.next] = feed
      return state.next
    }
  }

  /// - Returns: the feeds that are left; nil when it was not there.
  func remove(_ number: Int) -> [Feed]? {
    state.withLock { state in
      guard state.feeds.removeValue(forKey: number) != nil else { return nil }
      state.tasks[number] = nil
      return Array(state.feeds.values)
    }
  }

  func keep(_ task: Task<Void, Never>, for number: Int) { state.withLock { $0.tasks[number] = task } }

  func hear(_ id: RequestID, _ listener: @escaping @Sendable (Message.Notification) -> Void) {
    state.withLock { $0.streams[id] = listener }
  }

  func forget(_ id: RequestID) { state.withLock { $0.streams[id] = nil } }

  var feeds: [Feed] { state.withLock { Array($0.feeds.values) } }

  /// Ends all subscriptions.
  func close() async {
    let (feeds, tasks) = state.withLock { state in
      defer { (state.feeds, state.tasks) = ([:], [:]) }
      return (state.feeds.values, state.tasks.values)
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    for feed in feeds { feed.finish() }
  }
}
