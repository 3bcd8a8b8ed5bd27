// SPDX-License-Identifier: Apache-2.0
import CProcess
import Glibc

/// Our end of a child's standard input, with the lines that wait for the child to read.
struct ChildInput {
  typealias Outcome = Result<Void, IOError>

  private struct Line {
    let bytes: [UInt8]
    var written = 0
    let deadline: ContinuousClock.Instant
    let sent: Promise<Outcome>
  }

  private let name: String
  private let limit: Int
  private var descriptor: Int32 = -1
  private var lines: [Line] = []
  private var unsent = 0
  /// Why nothing can be sent any more.
  private var closed: IOError?

  init(name: String, limit: Int) {
    self.name = name
    self.limit = limit
  }

  mutating func open(_ descriptor: Int32) { self.descriptor = descriptor }

  /// The descriptor to poll for writing; nil when nothing waits.
  var awaited: Int32? { lines.isEmpty || descriptor < 0 ? nil : descriptor }
  /// Whether the child has not read all that was sent; false where the system does not say.
  var isUnread: Bool {
    var count: Int32 = 0
    return descriptor >= 0 && (!lines.isEmpty || ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count > 0)
  }

  /// When `expire` is to be called next.
  var deadline: ContinuousClock.Instant? { lines.lazy.map(\.deadline).min() }

  /// Writes `bytes`, or queues what the pipe does not take; then `sent` tells when it is through.
  /// - Returns: nil when it has to wait for the child.
  mutating func send(
    _ bytes: [UInt8], deadline: ContinuousClock.Instant, sent: @autoclosure () -> Promise<Outcome>
  ) -> (outcome: Outcome?, wait: Promise<Outcome>?) {
    if let closed { return (.failure(closed), nil) }
    if unsent + bytes.count > limit {
      let error = IOError(.tooLarge, "\(name) does not read its input: \(unsent) bytes wait for it already")
      return (.failure(error), nil)
    }
    var line = Line(bytes: bytes, deadline: deadline, sent: sent())
    if lines.isEmpty {
      switch write(&line) {
      case .all: return (.success(()), nil)
      case .some: break
      case .failed(let error):
        close(error)
        return (.failure(error), nil)
      }
    }
    unsent += bytes.count
    lines.append(line)
    return (nil, line.sent)
  }

  /// Writes what the pipe takes of the waiting lines.
  mutating func flush() {
    var done = 0
    defer { drop(done) }
    while done < lines.count {
      if lines[done].written == 0, lines[done].sent.isKept {  // its sender gave up before we began
        done += 1
        continue
      }
      switch write(&lines[done]) {
      case .all:
        lines[done].sent.keep(.success(()))
        done += 1
      case .some: return
      case .failed(let error): return close(error)
      }
    }
  }

  /// Fails the lines whose time is over.
  mutating func expire(at now: ContinuousClock.Instant) {
    let timeout = IOError(.timeout, "\(name) does not read its input; it may hang")
    for line in lines where line.deadline <= now {
      line.sent.keep(.failure(timeout))
      if line.written > 0 { return close(timeout) }  // what follows half a line would be read as its rest
    }
    lines.removeAll { line in
      guard line.deadline <= now else { return false }
      unsent -= line.bytes.count
      return true
    }
  }

  /// Closes the pipe; `reason` is what waiting and later senders are told.
  mutating func close(_ reason: IOError) {
    if closed == nil { closed = reason }
    for line in lines { line.sent.keep(.failure(reason)) }
    lines = []
    unsent = 0
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  private mutating func drop(_ count: Int) {
    if count == 0 || lines.isEmpty { return }
    for line in lines.prefix(count) { unsent -= line.bytes.count }
    lines.removeFirst(count)
  }

  private enum Progress { case all, some, failed(IOError) }

  private func write(_ line: inout Line) -> Progress {
    while line.written < line.bytes.count {
      let size = line.bytes.withUnsafeBytes { buffer in
        cprocess_write(descriptor, buffer.baseAddress.map { $0 + line.written }, buffer.count - line.written)
      }
      if size >= 0 {
        line.written += size
      } else if errno == EAGAIN {
        return .some
      } else if errno != EINTR {
        return .failed(IOError(.send, "\(name) has closed its input", errno: errno))
      }
    }
    return .all
  }
}
