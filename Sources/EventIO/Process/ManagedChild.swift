// SPDX-License-Identifier: Apache-2.0
import CProcess
import Glibc

/// A running child as its owner thread sees it: pid, pidfd and pipe ends. The thin Swift side of `CProcess`.
struct ManagedChild {
  private let process: cprocess_child
  private(set) var output: Int32
  private(set) var error: Int32

  var id: Int32 { process.pid }
  var input: Int32 { process.input }

  // Starting

  /// Call from a thread that lives at least as long as the child, which dies with it.
  static func start(_ configuration: ChildProcess.Configuration) -> Result<ManagedChild, IOError> {
    let arguments = CStrings([configuration.command] + configuration.arguments)
    let environment = environment(configuration.environment)
    let standardError =
      switch configuration.standardError {
      case .inherit: CPROCESS_STDERR_INHERIT
      case .discard: CPROCESS_STDERR_DISCARD
      case .capture: CPROCESS_STDERR_PIPE
      }
    let process = arguments.withPointers { argv in
      environment.withPointers { envp in
        configuration.directory.withOptionalCString { directory in
          cprocess_start(
            configuration.command, argv, envp, directory, Int32(standardError.rawValue),
            configuration.limits.processorSeconds)
        }
      }
    }
    guard process.failed_step == 0 else { return .failure(spawnError(configuration, process)) }
    return .success(ManagedChild(process: process, output: process.output, error: process.error))
  }

  private static func environment(_ environment: ChildProcess.Environment) -> CStrings {
    let (base, added): ([String], [String: String]) =
      switch environment {
      case .inherited(let adding): (inheritedEnvironment(), adding)
      case .only(let variables): ([], variables)
      case .selected(let names, let adding): (inheritedEnvironment().filter { names.contains(name(of: $0)) }, adding)
      }
    let kept = base.filter { added[name(of: $0)] == nil }
    return CStrings(kept + added.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
  }

  private static func name(of entry: String) -> String { String(entry.prefix { $0 != "=" }) }

  private static func inheritedEnvironment() -> [String] {
    guard var entry = cprocess_environment() else { return [] }
    var entries: [String] = []
    while let text = entry.pointee {
      entries.append(String(cString: text))
      entry += 1
    }
    return entries
  }

  private static func spawnError(_ configuration: ChildProcess.Configuration, _ process: cprocess_child) -> IOError {
    let number = process.error_number
    let reason =
      switch (cprocess_step(UInt32(process.failed_step)), number) {
      case (CPROCESS_STEP_EXEC, ENOENT): "no such program" + (configuration.command.contains("/") ? "" : " in PATH")
      case (CPROCESS_STEP_EXEC, EACCES): "it is not executable"
      case (CPROCESS_STEP_DIRECTORY, _):
        "its directory \(configuration.directory ?? ".") cannot be entered: \(String(cString: strerror(number)))"
      case (CPROCESS_STEP_PIPES, _): "no pipes: \(String(cString: strerror(number))); see ulimit -n"
      default: String(cString: strerror(number))
      }
    return IOError(.spawn, "cannot start '\(configuration.command)': \(reason)", errno: number)
  }

  // Waiting

  struct Ready { var input, output, error, exit: Bool }

  /// Sleeps until something can be done, or until `deadline`.
  func wait(
    _ wakeup: Wakeup, writable: Int32?, readsOutput: Bool, until deadline: ContinuousClock.Instant?
  ) -> Ready {
    // poll skips negative descriptors.
    var polled = [
      pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: process.pidfd, events: Int16(POLLIN), revents: 0),
      pollfd(fd: writable ?? -1, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: readsOutput ? output : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: error, events: Int16(POLLIN), revents: 0),
    ]
    let count = poll(&polled, nfds_t(polled.count), deadline?.pollTimeout ?? -1)
    if count > 0, polled[0].revents != 0 { wakeup.clear() }
    func isReady(_ index: Int) -> Bool { count > 0 && polled[index].revents != 0 }
    return Ready(input: isReady(2), output: isReady(3), error: isReady(4), exit: isReady(1))
  }

  // Reading

  enum Read { case bytes(Int), nothing, end }

  func readOutput(into buffer: inout [UInt8]) -> Read { Self.read(output, into: &buffer) }
  func readError(into buffer: inout [UInt8]) -> Read { Self.read(error, into: &buffer) }

  private static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Read {
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { return .bytes(count) }
      if count == 0 { return .end }
      if errno == EAGAIN { return .nothing }
      if errno != EINTR { return .end }
    }
  }

  mutating func closeOutput() {
    close(output)
    output = -1
  }

  mutating func closeError() {
    close(error)
    error = -1
  }

  // Ending

  /// How it ended, when it has. It stays unreaped, so that its group id cannot become another's.
  var ended: ExitStatus? {
    let exit = cprocess_peek(process.pidfd)
    if exit.exited == 0 { return nil }
    return exit.signal == 0 ? .exited(exit.status) : .killed(signal: exit.signal)
  }

  func signalGroup(_ signal: Int32) { cprocess_signal_group(process.pid, signal) }

  func killGroup() { signalGroup(SIGKILL) }

  /// Reaps the ended child and closes what is still open of it; our end of its input is `ChildInput`'s.
  mutating func reap() {
    cprocess_reap(process.pid, process.pidfd)
    if output >= 0 { closeOutput() }
    if error >= 0 { closeError() }
  }
}

extension String? {
  fileprivate func withOptionalCString<Result>(_ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let self else { return body(nil) }
    return self.withCString(body)
  }
}

extension ContinuousClock.Instant {
  /// The milliseconds from now as `poll` takes them: rounded up, never negative.
  var pollTimeout: Int32 {
    let rest = ContinuousClock.now.duration(to: self)
    if rest <= .zero { return 0 }
    let (seconds, attoseconds) = rest.components
    return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
