// SPDX-License-Identifier: Apache-2.0

/// A program we started and talk to in lines, in its own process group, reaped on every path.
///
/// Dropping the last reference ends the child too (closed input, then SIGTERM, then SIGKILL). When this whole process
/// ends in any way, `kill -9` included, the kernel and a small guard process kill the child and its group. A process
/// that leaves the group (`setsid`) is beyond reach of all that.
package final class ChildProcess: Sendable {
  /// The variables the child sees.
  package enum Environment: Sendable, Hashable {
    /// Ours, with these added or replaced.
    case inherited(adding: [String: String] = [:])
    /// These alone.
    case only([String: String])
    /// Those of ours that have these names, with others added or replaced.
    case selected(Set<String>, adding: [String: String] = [:])
  }

  /// What becomes of the child's standard error.
  package enum StandardError: Sendable, Hashable {
    /// It goes where ours goes.
    case inherit
    /// It goes nowhere.
    case discard
    /// The last `bytes` of it are kept for error messages.
    case capture(bytes: Int = 16 << 10)
  }

  /// Bounds on what the child may cost us.
  package struct Limits: Sendable, Hashable {
    /// The longest line. Default 64 MiB.
    package var line: Int
    /// How many bytes of whole lines wait unread before we stop reading. Default 1 MiB.
    package var unread: Int
    /// How many bytes wait for the child to read before sending fails. Default 64 MiB.
    package var unsent: Int
    /// How many seconds of processor time the child, and each process it starts, may use. Default 0: as many as it likes.
    package var processorSeconds: UInt32

    package init(
      line: Int = 64 << 20, unread: Int = 1 << 20, unsent: Int = 64 << 20, processorSeconds: UInt32 = 0
    ) {
      self.line = line
      self.unread = unread
      self.unsent = unsent
      self.processorSeconds = processorSeconds
    }
  }

  /// What to start and how.
  package struct Configuration: Sendable {
    package var command: String
    package var arguments: [String]
    package var environment: Environment
    package var directory: String?
    package var standardError: StandardError
    package var limits: Limits
    /// Hears what is captured of its standard error as it comes. Must return quickly.
    package var onError: (@Sendable ([UInt8]) -> Void)?

    /// `command` is looked up in PATH when it has no slash.
    package init(
      _ command: String, _ arguments: [String] = [], environment: Environment = .inherited(),
      directory: String? = nil, standardError: StandardError = .inherit, limits: Limits = Limits()
    ) {
      self.command = command
      self.arguments = arguments
      self.environment = environment
      self.directory = directory
      self.standardError = standardError
      self.limits = limits
    }
  }

  private let owner: ChildOwner
  package let id: Int32

  private init(owner: ChildOwner, id: Int32) {
    self.owner = owner
    self.id = id
  }

  deinit { owner.stop(.default) }

  /// Starts the program; returns once it was found and is running.
  /// - Throws: `IOError` `.spawn` naming the command and why it does not start.
  package static func start(_ configuration: Configuration) async throws(IOError) -> ChildProcess {
    let owner = try ChildOwner(configuration)
    let id = try await owner.start()
    return ChildProcess(owner: owner, id: id)
  }

  /// All whole lines the child has written and nobody took yet, at least one; nil when it has closed its output.
  /// One task at a time may ask.
  package func nextLines() async throws(IOError) -> [[UInt8]]? { try await owner.nextLines() }

  /// Writes `line` and a newline, and returns when the child's pipe has taken all of it.
  ///
  /// A child that does not read holds the sender up to `timeout`, 30 s unless told. A line that was cut off in the
  /// middle makes the input useless, so then the input is closed.
  package func send(_ line: [UInt8], timeout: Duration = .seconds(30)) async throws(IOError) {
    try await owner.send(line, timeout: timeout)
  }

  /// Closes the child's standard input, which tells a well-behaved server to end.
  package func closeInput() { owner.closeInput() }

  /// Whether the child has not read yet all it was sent, as while it is still starting.
  package var hasUnreadInput: Bool { owner.hasUnreadInput }

  /// How the child ended, when it has.
  package var exitStatus: ExitStatus? { owner.exitStatus }

  /// The end of what the child wrote to standard error, when that is captured.
  package var capturedError: String { owner.capturedError }

  /// Waits until the child has ended by itself; nil when the task is cancelled before.
  package func exit() async -> ExitStatus? { await owner.exit(onCancel: true) }

  /// Makes the child end, waits for it and reaps it. Bounded by the sum of `grace`, cancelled or not.
  /// - Returns: nil when it outlived even SIGKILL; it is reaped when it ends at last.
  @discardableResult
  package func stop(_ grace: Shutdown.Grace = .default) async -> ExitStatus? {
    owner.stop(grace)
    return await owner.exit(onCancel: false)
  }
}
