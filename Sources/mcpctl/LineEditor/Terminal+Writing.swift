// SPDX-License-Identifier: GPL-3.0-or-later
import CReadline
import CommandLineKit
import EventIO
import MCPClientKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Terminal {
  // MARK: Above the prompt

  /// Writes to standard output (1) or standard error (2), above the line that is being typed or the status line.
  func write(_ bytes: [UInt8], on descriptor: CInt) {
    loop.execute { [self] in show(bytes, on: descriptor) }
  }

  /// Waits until everything asked for before has been written.
  func settled() async {
    let settled = Promise<Void>()
    loop.execute { settled.keep(()) }
    await settled.value()
  }

  func show(_ bytes: [UInt8], on descriptor: CInt) {
    switch picture.value.mode {
    case .editing:
      hideHint()
      creadline_hide()
      Self.write(bytes, to: descriptor)
      if bytes.last != UInt8(ascii: "\n") { Self.write([UInt8(ascii: "\n")], to: descriptor) }
      creadline_show()
      showHint()
    case .working:
      hideStatus()
      Self.write(bytes, to: descriptor)
      if bytes.last == UInt8(ascii: "\n") { drawStatus() }
    case .resting, .asking, .lent: Self.write(bytes, to: descriptor)
    }
  }

  static func write(_ bytes: [UInt8], to descriptor: CInt) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return }  // nobody is there to read it
      rest = rest.dropFirst(count)
    }
  }

  // MARK: While a call runs

  /// A call runs from now on; each Ctrl-C is told.
  func begin(_ title: String, onInterrupt: @escaping @Sendable () -> Void) {
    let start = ContinuousClock.now
    loop.execute { [self] in
      modes.silence()
      picture.value.mode = .working
      picture.value.onInterrupt = onInterrupt
      picture.value.status = StatusLine(title, at: start)
      picture.value.clock = Watch(loop, every: StatusLine.interval) { [unowned self] in drawStatus() }
    }
  }

  /// Shows how far the call is.
  func advance(_ progress: Progress) {
    let now = ContinuousClock.now
    loop.execute { [self] in picture.value.status?.advance(progress, at: now) }
  }

  /// A request begins that may take so long; nil when nobody counts.
  func expect(_ limits: ClientOptions.Timeouts?) {
    let now = ContinuousClock.now
    loop.execute { [self] in picture.value.status?.expect(limits, at: now) }
  }

  /// Shows a notice in place of the progress.
  func notice(_ text: String) {
    loop.execute { [self] in
      picture.value.status?.notice = text
      drawStatus()
    }
  }

  /// The call is over.
  func end() {
    loop.execute { [self] in
      hideStatus()
      picture.value.clock = nil
      picture.value.status = nil
      picture.value.onInterrupt = nil
      picture.value.mode = .resting
      modes.restore()
    }
  }

  /// Lets somebody else have the terminal as it was found: a question of the server, or another program.
  func lend<Value>(
    as borrowed: Picture.Mode, _ body: () async throws -> Value
  ) async rethrows -> Value {
    let earlier = Promise<Picture.Mode>()
    loop.execute { [self] in
      hideStatus()
      modes.restore()
      earlier.keep(picture.value.mode)
      picture.value.mode = borrowed
    }
    let mode = await earlier.value()
    defer {
      loop.execute { [self] in
        guard picture.value.mode == borrowed else { return }
        picture.value.mode = mode
        // The time to be silent begins anew for a server that has waited for an answer.
        picture.value.status?.heard = .now
        if mode == .working { modes.silence() }
      }
    }
    return try await body()
  }

  func drawStatus() {
    guard picture.value.mode == .working else { return }
    let text = picture.value.status?.text(at: .now, columns: TerminalModes.columns)
    guard let text else { return }
    Self.write(Array("\r\u{1B}[K\(text)".utf8), to: STDERR_FILENO)
    picture.value.isStatusShown = true
  }

  func hideStatus() {
    guard picture.value.isStatusShown else { return }
    Self.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    picture.value.isStatusShown = false
  }

  // MARK: The console of what runs

  /// A console whose streams are this terminal, as wide as it is now; what is redirected elsewhere stays there.
  func console(over system: Console) -> Console {
    func stream(_ original: OutputStream, _ descriptor: CInt) -> OutputStream {
      guard original.isTerminal else { return original }
      return OutputStream(isTerminal: true, usesColor: original.usesColor, width: TerminalModes.columns) {
        [self] bytes in
        write(bytes, on: descriptor)
        return 0
      }
    }
    let input = InputStream(
      isTerminal: true, readAll: { limit throws(FileFault) in try system.input.readToEnd(limit: limit) },
      readLine: { [self] isHidden async throws(CancellationError) in
        let line: Result<String?, CancellationError> = await lend(as: .asking) {
          do throws(CancellationError) {
            return .success(try await system.input.line(isHidden: isHidden))
          } catch {
            return .failure(error)
          }
        }
        return try line.get()
      })
    return Console(
      output: stream(system.output, STDOUT_FILENO), error: stream(system.error, STDERR_FILENO), input: input,
      environment: system.environment, readFile: system.readFile, writeFile: system.writeFile)
  }
}
