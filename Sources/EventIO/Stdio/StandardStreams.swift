// SPDX-License-Identifier: Apache-2.0
import Glibc

/// This process's standard input and output as lines, on a loop of their own. One task reads, any may write.
///
/// The descriptors stay in blocking mode, because other processes may share them: they are only read when something is
/// there, and only written as much as is taken at once.
package actor StandardStreams {
  /// What the other end may cost.
  package struct Limits: Sendable {
    /// The longest line in bytes; a longer one ends the input with an error.
    package var line = 10 << 20
    /// How many bytes of lines may wait to be taken before no more is read.
    package var unread = 1 << 20
    /// How many bytes may wait for the other end before writers have to wait too.
    package var unsent = 1 << 20
    /// How long the other end may take nothing before the output counts as closed.
    package var stall: Duration = .seconds(30)

    package init() {}
  }

  /// The thread everything happens on; tasks that prefer it read and write without leaving it.
  package nonisolated let loop: EventLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private let limits: Limits
  private var input: LineInput
  private var inputWatch: Watch?
  private var reader: CheckedContinuation<Void, Never>?
  /// Whether the reader has more to do before it waits: what is written meanwhile goes out together.
  private var isReaderBusy = false
  private var outbox: [UInt8] = []
  private var outputWatch: Watch?
  private var stall: Watch?
  private var isOutputClosed = false
  /// How long the other end may take nothing.
  private var patience: Duration
  private var writers: [CheckedContinuation<Void, Never>] = []

  /// To be made once in a process.
  package init(limits: Limits = Limits()) throws(IOError) {
    loop = try EventLoop()
    self.limits = limits
    patience = limits.stall
    input = LineInput(limit: limits.line)
    signal(SIGPIPE, SIG_IGN)
    try loop.start(name: "stdio")
  }

  deinit { loop.stop() }

  /// The next line; nil at the end of the input, or when the task is cancelled.
  package func line() async throws(IOError) -> [UInt8]? {
    while !Task.isCancelled {
      if let line = input.next() {
        isReaderBusy = true
        return line
      }
      isReaderBusy = false
      flush()
      if let end = input.end {
        inputWatch = nil
        try end.get()
        return nil
      }
      if isAlwaysReadable(STDIN_FILENO) { readable() } else { await waitForInput() }
    }
    giveUpSoon()
    return nil
  }

  /// Writes `line` and a newline, whole, whoever else writes. Waits while the other end takes nothing.
  package func write(line: [UInt8]) async throws(IOError) {
    while outbox.count > limits.unsent, !isOutputClosed {
      await withCheckedContinuation { writers.append($0) }
    }
    guard !isOutputClosed else { throw IOError(.closed, "standard output is closed") }
    outbox += line
    outbox.append(UInt8(ascii: "\n"))
    if !isReaderBusy || outbox.count > 64 << 10 { flush() }
  }
}

extension StandardStreams {
  /// Waits until everything written is sent, or the other end takes no more.
  package func drain() async {
    isReaderBusy = false
    flush()
    while !outbox.isEmpty { await withCheckedContinuation { writers.append($0) } }
  }
}

// MARK: - Input

extension StandardStreams {
  private func waitForInput() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard !Task.isCancelled else { return continuation.resume() }
        reader = continuation
        guard let inputWatch else {
          inputWatch = Watch(loop, STDIN_FILENO, for: .reading) { [unowned self] in assumeIsolated { $0.readable() } }
          return
        }
        inputWatch.resume()
      }
    } onCancel: {
      loop.execute { [self] in assumeIsolated { $0.wakeReader() } }
    }
  }

  private func readable() {
    input.read(STDIN_FILENO)
    if input.unread > limits.unread || input.end != nil { inputWatch?.pause() }
    wakeReader()
  }

  private func wakeReader() {
    reader?.resume()
    reader = nil
  }

  /// Whether this is a file or the like, which is always ready and which nothing can be waited for on.
  private func isAlwaysReadable(_ descriptor: CInt) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return true }
    switch status.st_mode & S_IFMT {
    case S_IFIFO, S_IFSOCK: return false
    case S_IFCHR: return isatty(descriptor) == 0
    default: return true
    }
  }
}

// MARK: - Output

extension StandardStreams {
  /// Writes what the other end takes now.
  private func flush() {
    guard outputWatch == nil, !outbox.isEmpty else { return }
    var sent = 0
    while sent < outbox.count, isWritable() {
      // A pipe that is ready takes this much at least without blocking.
      let count = min(outbox.count - sent, Int(PIPE_BUF))
      let written = outbox.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress.map { $0 + sent }, count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return closeOutput() }
      sent += written
    }
    if sent == outbox.count {
      outbox.removeAll(keepingCapacity: outbox.capacity <= 64 << 10)
    } else {
      outbox.removeFirst(sent)
    }
    if outbox.isEmpty { stall = nil } else { waitForRoom() }
    resumeWriters()
  }

  private func isWritable() -> Bool {
    var state = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
    return poll(&state, 1, 0) != 0
  }

  private func waitForRoom() {
    stall = Watch(loop, after: patience) { [unowned self] in assumeIsolated { $0.closeOutput() } }
    outputWatch = Watch(loop, STDOUT_FILENO, for: .writing) { [unowned self] in
      assumeIsolated { streams in
        streams.outputWatch = nil
        streams.flush()
      }
    }
  }

  /// Nobody wants to wait any more for an other end that takes nothing.
  private func giveUpSoon() {
    patience = min(patience, .seconds(1))
    isReaderBusy = false
    if outbox.isEmpty { return }
    if outputWatch == nil { flush() } else { waitForRoom() }
  }

  private func closeOutput() {
    isOutputClosed = true
    outbox = []
    outputWatch = nil
    stall = nil
    resumeWriters()
  }

  private func resumeWriters() {
    guard outbox.count <= limits.unsent, !writers.isEmpty else { return }
    let writers = writers
    self.writers = []
    for writer in writers { writer.resume() }
  }
}
