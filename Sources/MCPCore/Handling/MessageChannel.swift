// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// One end of a two-way line of JSON-RPC texts: stdin and stdout, a child's pipes, or memory.
///
/// A channel has one reader and any number of writers.
public protocol MessageChannel: Sendable {
  /// Sends one text, waiting while the other end is slow.
  /// - Throws: `ChannelClosed` when the other end is gone.
  func send(_ text: [UInt8]) async throws
  /// The next text; nil when the other end is gone.
  /// - Throws: when what comes is not a text this channel can carry, such as one that is too long.
  func receive() async throws -> [UInt8]?
  /// Ends both directions. Texts already sent still arrive.
  func close() async
}

/// The other end of a channel is gone.
public struct ChannelClosed: Error, Sendable, Hashable, CustomStringConvertible {
  /// Makes the error.
  public init() {}
  /// What happened.
  public var description: String { "the channel is closed" }
}

/// A channel in memory: what one end sends, the other receives, as bytes.
public struct MemoryChannel: MessageChannel {
  private let outgoing: Pipe
  private let incoming: Pipe

  /// Makes two connected ends.
  /// - Parameter capacity: how many texts may wait in each direction before a sender waits. Default 256.
  public static func pair(capacity: Int = 256) -> (MemoryChannel, MemoryChannel) {
    let one = Pipe(capacity: capacity)
    let other = Pipe(capacity: capacity)
    return (MemoryChannel(outgoing: one, incoming: other), MemoryChannel(outgoing: other, incoming: one))
  }

  /// Sends one text, waiting while too many wait already.
  public func send(_ text: [UInt8]) async throws { try await outgoing.put(text) }
  /// The next text; nil when the other end is closed and everything it sent was received.
  public func receive() async -> [UInt8]? { await incoming.take() }
  /// Ends both directions.
  public func close() async {
    outgoing.close()
    incoming.close()
  }
}

/// A bounded queue with waiting on both sides.
private final class Pipe: Sendable {
  private struct State {
    var texts: [[UInt8]] = []
    var isClosed = false
    var reader: CheckedContinuation<[UInt8]?, Never>?
    var writers: [CheckedContinuation<Void, Never>] = []
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) { self.capacity = max(capacity, 1) }

  func put(_ text: [UInt8]) async throws {
    while true {
      enum Step { case delivered(CheckedContinuation<[UInt8]?, Never>?), closed, full }
      let step: Step = state.withLock { state in
        if state.isClosed { return .closed }
        if let reader = state.reader {
          state.reader = nil
          return .delivered(reader)
        }
        guard state.texts.count < capacity else { return .full }
        state.texts.append(text)
        return .delivered(nil)
      }
      switch step {
      case .delivered(let reader):
        reader?.resume(returning: text)
        return
      case .closed: throw ChannelClosed()
      case .full: await room()
      }
    }
  }

  /// Waits until a text was taken or the queue was closed.
  private func room() async {
    await withCheckedContinuation { continuation in
      let mustWait = state.withLock { state in
        guard !state.isClosed, state.texts.count >= capacity else { return false }
        state.writers.append(continuation)
        return true
      }
      if !mustWait { continuation.resume() }
    }
  }

  func take() async -> [UInt8]? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enum Step { case text([UInt8], CheckedContinuation<Void, Never>?), ended, waiting }
        let step: Step = state.withLock { state in
          if !state.texts.isEmpty {
            let text = state.texts.removeFirst()
            return .text(text, state.writers.isEmpty ? nil : state.writers.removeFirst())
          }
          guard !state.isClosed, state.reader == nil, !Task.isCancelled else { return .ended }
          state.reader = continuation
          return .waiting
        }
        switch step {
        case .text(let text, let writer):
          continuation.resume(returning: text)
          writer?.resume()
        case .ended: continuation.resume(returning: nil)
        case .waiting: break
        }
      }
    } onCancel: {
      state.withLock { state in
        defer { state.reader = nil }
        return state.reader
      }?.resume(returning: nil)
    }
  }

  func close() {
    let (reader, writers) = state.withLock { state in
      state.isClosed = true
      defer {
        state.reader = nil
        state.writers = []
      }
      return (state.reader, state.writers)
    }
    reader?.resume(returning: nil)
    for writer in writers { writer.resume() }
  }
}
