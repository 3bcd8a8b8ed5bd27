// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// Those who wait for a task to change, whoever changes it: they are woken by what is published, and now and then, because that may
/// be missed and tasks end by themselves.
final class TaskWaiters: Sendable {
  private struct State {
    var waiting: [String: [Promise<Void>]] = [:]
    var task: Task<Void, Never>?
  }

  /// How often everybody looks by itself.
  private static let pause = Duration.seconds(2)

  private let client: RedisClient
  private let channel: String
  private let state = Mutex(State())

  init(_ client: RedisClient, channel: String) { (self.client, self.channel) = (client, channel) }

  deinit { end() }

  func end() { state.withLock { $0.task }?.cancel() }

  /// To be called before the task is looked at, so that no change is missed; `leave` ends it.
  func begin(_ id: String) -> Promise<Void> {
    let waiter = Promise<Void>()
    state.withLock { state in
      state.waiting[id, default: []].append(waiter)
      guard state.task == nil else { return }
      let wake: @Sendable (String?) -> Void = { [weak self] in self?.wake($0) }
      state.task = Task { [client, channel] in
        await withDiscardingTaskGroup { group in
          group.addTask { await Self.listen(client, channel, wake) }
          group.addTask {
            while (try? await Task.sleep(for: Self.pause)) != nil { wake(nil) }
          }
        }
      }
    }
    return waiter
  }

  func leave(_ id: String, _ waiter: Promise<Void>) {
    state.withLock { state in
      state.waiting[id]?.removeAll { $0 === waiter }
      if state.waiting[id]?.isEmpty == true { state.waiting[id] = nil }
    }
  }

  /// - Parameter id: nil wakes all.
  func wake(_ id: String?) {
    let waiters = state.withLock { state in
      id.map { state.waiting[$0] ?? [] } ?? state.waiting.values.flatMap(\.self)
    }
    for waiter in waiters { waiter.keep(()) }
  }

  private static func listen(
    _ client: RedisClient, _ channel: String, _ wake: @escaping @Sendable (String?) -> Void
  ) async {
    while !Task.isCancelled {
      do {
        for try await news in client.subscribe(to: RedisChannels([channel])) {
          switch news {
          case .listening: break
          case .gap: wake(nil)
          case .message(let message): wake(String(decoding: message.payload, as: UTF8.self))
          }
        }
      } catch {
        // Everybody looks by itself meanwhile.
      }
      guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
    }
  }
}
