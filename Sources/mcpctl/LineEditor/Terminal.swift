// SPDX-License-Identifier: GPL-3.0-or-later
import CReadline
import EventIO
import MCPClientKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The terminal of a REPL, and the one who writes there: the line being typed, the line that tells how a call goes on, and
/// above either whatever else has to be said.
///
/// Everything happens on the thread of one loop, in the order it was asked for.
final class Terminal: Sendable {
  /// How a prompt was left.
  enum Line: Sendable {
    case typed(String)
    /// With Ctrl-C.
    case interrupted
    /// With Ctrl-D on an empty line, or because the terminal has gone.
    case ended
  }

  /// Completes what is typed: the text, and where the cursor is in it, in bytes.
  typealias Completing = @Sendable (_ text: String, _ cursor: Int) async -> Completions
  /// What a text that is being typed could go on with.
  typealias Hinting = @Sendable (_ text: String) -> Hint?

  let loop: EventLoop
  let modes: TerminalModes
  let picture: LoopOwned<Picture>
  /// The signals that end the program: SIGTERM, and SIGHUP when the terminal has gone.
  let endings: AsyncStream<CInt>
  private let ending: AsyncStream<CInt>.Continuation

  /// What is on the screen, and what is watched.
  struct Picture {
    enum Mode {
      case resting, editing, working, asking
      /// Another program has the terminal, and Ctrl-C is its own business.
      case lent
    }

    var mode = Mode.resting
    var line: Promise<Line>?
    var status: StatusLine?
    var isStatusShown = false
    var onInterrupt: (@Sendable () -> Void)?
    var completing: Completing?
    var hinting: Hinting?
    var promptWidth = 0
    /// What stands dimmed behind the cursor.
    var hint: Hint?
    /// What stood there before the last key.
    var earlierHint: Hint?
    var completion: Task<Void, Never>?
    var input: Watch?
    var clock: Watch?
    var signals: [Watch] = []
  }

  /// - Throws: `IOError` when there is no loop to be had.
  init(_ modes: TerminalModes, history: Int) throws(IOError) {
    self.modes = modes
    loop = try EventLoop()
    picture = LoopOwned(Picture(), on: loop)
    (endings, ending) = AsyncStream.makeStream(of: CInt.self, bufferingPolicy: .bufferingNewest(4))
    try loop.start(name: "terminal")
    loop.execute { [self] in
      creadline_start(CInt(history))
      creadline_guard()
      watchSignals()
    }
  }

  // MARK: Lines

  /// Shows the prompt and waits for a line.
  func line(after prompt: String, hinting: Hinting?, completing: @escaping Completing) async -> Line {
    let promise = Promise<Line>()
    loop.execute { [self] in
      modes.restore()
      picture.value.mode = .editing
      picture.value.line = promise
      picture.value.completing = completing
      picture.value.hinting = hinting
      picture.value.promptWidth = StatusLine.width(of: prompt)
      creadline_prompt(prompt)
      watchInput()
    }
    return await promise.value(onCancel: .ended)
  }

  /// Brings lines of earlier sessions, and of this one, back to the arrow keys.
  func remember(_ lines: [String]) {
    loop.execute { for line in lines { creadline_remember(line) } }
  }

  private func watchInput() {
    if let input = picture.value.input { return input.resume() }
    picture.value.input = Watch(loop, STDIN_FILENO, for: .reading) { [unowned self] in inputIsThere() }
  }

  private func inputIsThere() {
    guard picture.value.mode == .editing, picture.value.completion == nil else {
      picture.value.input?.pause()
      return
    }
    picture.value.earlierHint = nil
    hideHint()
    let event = creadline_read()
    defer { showHint() }
    switch event {
    case CREADLINE_HINT: takeHint()
    case CREADLINE_LINE:
      let line = creadline_take()
      defer { free(line) }
      leave(.typed(line.map { String(cString: $0) } ?? ""))
    case CREADLINE_END:
      // A terminal that has gone says so with a signal, which may be later than the end of what it has to read.
      guard modes.isThere else {
        picture.value.input?.pause()
        ending.yield(SIGHUP)
        return
      }
      leave(.ended)
    case CREADLINE_TAB: complete()
    default: break
    }
  }

  private func leave(_ line: Line) {
    picture.value.input?.pause()
    picture.value.completion?.cancel()
    picture.value.completion = nil
    picture.value.mode = .resting
    picture.value.line?.keep(line)
    picture.value.line = nil
  }

  // MARK: Signals

  private func watchSignals() {
    let actions: [(CInt, @Sendable (Terminal) -> Void)] = [
      (SIGINT, { $0.interrupt() }), (SIGTERM, { $0.ending.yield(SIGTERM) }), (SIGHUP, { $0.ending.yield(SIGHUP) }),
      (SIGWINCH, { $0.resize() }), (SIGTSTP, { $0.suspend() }),
    ]
    picture.value.signals = actions.map { number, action in
      Watch(loop, signal: number) { [unowned self] in action(self) }
    }
  }

  private func interrupt() {
    switch picture.value.mode {
    case .editing:
      hideHint()
      creadline_leave("^C\n")
      leave(.interrupted)
    case .working, .asking: picture.value.onInterrupt?()
    case .resting, .lent: break
    }
  }

  private func resize() {
    guard picture.value.mode == .editing else { return }
    hideHint()
    creadline_resize()
    showHint()
  }

  /// Ctrl-Z: the terminal is the shell's until we are brought back.
  private func suspend() {
    let mode = picture.value.mode
    hideStatus()
    if mode == .editing { creadline_suspend() }
    modes.restore()
    raise(SIGSTOP)  // which stops this thread before it goes on
    switch mode {
    case .editing: creadline_resume()
    case .working: modes.silence()
    case .resting, .asking, .lent: break
    }
  }

  /// Puts the terminal back as it was found, and lets the signals act as before. What is written still is.
  func release() async {
    let released = Promise<Void>()
    loop.execute { [self] in
      hideStatus()
      if picture.value.mode == .editing {
        creadline_leave("\n")
        leave(.ended)
      }
      modes.restore()
      // That the terminal has gone may be seen before the signal that says so: then it must not end what is ending already.
      let hangUp = modes.isThere ? nil : Watch(loop, signal: SIGHUP) {}
      picture.value = Picture()
      if let hangUp { picture.value.signals = [hangUp] }
      ending.finish()
      released.keep(())
    }
    await released.value()
  }

  /// Ends everything, after `release`.
  func close() async {
    await settled()
    loop.stop()
  }
}
