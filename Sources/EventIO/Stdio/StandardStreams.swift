// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// This process's standard input and output as lines. One task reads, any may write.
package final class StandardStreams: Sendable {
  private struct State {
    var lines: [[UInt8]] = []
    var unread = 0
    var end: Result<Void, IOError>?
    var arrival: Promise<Void>?
    var room: Promise<Void>?
  }

  private let state = Mutex(State())
  private let output = Mutex(())
  private let lineLimit: Int
  private let unreadLimit: Int

  /// Starts reading. To be made once in a process.
  /// - Parameters:
  ///   - lineLimit: the longest line in bytes; a longer one ends the input with an error.
  ///   - unreadLimit: how many bytes of lines may wait before no more is read.
  package init(lineLimit: Int, unreadLimit: Int = 1 << 20) throws(IOError) {
    self.lineLimit = lineLimit
    self.unreadLimit = unreadLimit
    signal(SIGPIPE, SIG_IGN)
    try OwnerThread.start("stdin") { [self] in read() }
  }

  /// The next line; nil at the end of the input, or when the task is cancelled.
  package func line() async throws(IOError) -> [UInt8]? {
    while !Task.isCancelled {
      enum Next { case line([UInt8], Promise<Void>?), end(Result<Void, IOError>), wait(Promise<Void>) }
      let next: Next = state.withLock { state in
        if !state.lines.isEmpty {
          let line = state.lines.removeFirst()
          state.unread -= line.count
          defer { state.room = nil }
          return .line(line, state.room)
        }
        if let end = state.end { return .end(end) }
        let arrival = Promise<Void>()
        state.arrival = arrival
        return .wait(arrival)
      }
      switch next {
      case .line(let line, let room):
        room?.keep(())
        return line
      case .end(let end):
        try end.get()
        return nil
      case .wait(let arrival): await arrival.value(onCancel: ())
      }
    }
    return nil
  }

  /// Writes `line` and a newline, whole, whoever else writes.
  package func write(line: [UInt8]) throws(IOError) {
    var bytes = line
    bytes.append(UInt8(ascii: "\n"))
    let failure = output.withLock { _ -> Int32? in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return errno }
        rest = rest.dropFirst(count)
      }
      return nil
    }
    if let failure { throw IOError(.closed, "standard output is closed", errno: failure) }
  }

  private func read() {
    var framer = LineFramer(limit: lineLimit)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    do throws(IOError) {
      while true {
        let count = buffer.withUnsafeMutableBytes { Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        var lines: [[UInt8]] = []
        if count <= 0 {
          framer.finish(into: &lines)
          return add(lines, end: .success(()))
        }
        try framer.consume(buffer.span.extracting(0..<count), into: &lines)
        add(lines, end: nil)
      }
    } catch {
      add([], end: .failure(error))
    }
  }

  /// Hands lines over, and waits while too many are unread.
  private func add(_ lines: [[UInt8]], end: Result<Void, IOError>?) {
    let arrival = state.withLock { state in
      state.lines += lines
      for line in lines { state.unread += line.count }
      if let end { state.end = end }
      defer { state.arrival = nil }
      return state.arrival
    }
    arrival?.keep(())
  }
}
