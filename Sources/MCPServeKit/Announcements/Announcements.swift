// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What is announced, as a sequence for one task to take. What waits already is not added again, because telling it once
/// tells both; when too much waits, the oldest is dropped.
final class Announcements: Sendable {
  private struct State {
    var waiting: [Announcement] = []
    var isEnded = false
    var taker: CheckedContinuation<[Announcement]?, Never>?
    var listener: Int?
  }

  private let source: (any Announcer)?
  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: how many may wait.
  init(of source: (any Announcer)?, limit: Int) {
    self.source = source
    self.limit = max(limit, 1)
    let listener = source?.addListener { [weak self] in self?.add($0) }
    state.withLock { $0.listener = listener }
  }

  deinit { end() }

  /// How many wait.
  var count: Int { state.withLock { $0.waiting.count } }

  /// Everything that waits, or what comes next; nil once `end` was called.
  func next() async -> [News]? {
    let announcements = await withCheckedContinuation { continuation in
      let answer: [Announcement]?? = state.withLock { state in
        if state.isEnded { return .some(nil) }
        if !state.waiting.isEmpty {
          defer { state.waiting = [] }
          return state.waiting
        }
        state.taker = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
    return announcements?.map(News.init)
  }

  /// Takes in nothing more.
  func end() {
    let (taker, listener) = state.withLock { state in
      state.isEnded = true
      defer { (state.taker, state.listener) = (nil, nil) }
      return (state.taker, state.listener)
    }
    if let listener { source?.removeListener(listener) }
    taker?.resume(returning: nil)
  }

  private func add(_ announcement: Announcement) {
    let taker = state.withLock { state -> CheckedContinuation<[Announcement]?, Never>? in
      if let taker = state.taker {
        state.taker = nil
        return taker
      }
      guard !state.isEnded, announcement.isLog || !state.waiting.contains(announcement) else { return nil }
      if state.waiting.count == limit { state.waiting.removeFirst() }
      state.waiting.append(announcement)
      return nil
    }
    taker?.resume(returning: [announcement])
  }
}

extension Announcement {
  fileprivate var isLog: Bool {
    if case .log = self { true } else { false }
  }
}
