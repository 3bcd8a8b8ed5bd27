// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

/// Starts `program` and talks to it over its standard input and output.
///
/// Spec: every revision, basic/transports, stdio.
func startTransport(
  _ program: ServerTarget.Program, _ options: ClientOptions, _ events: TransportEvents
) async throws(ClientError) -> ChannelTransport {
  var configuration = ChildProcess.Configuration(
    program.command, program.arguments, environment: .inherited(adding: program.environment),
    directory: program.directory, standardError: options.standardError.ofChild,
    limits: ChildProcess.Limits(line: options.limits.message))
  configuration.onError = options.onStandardError
  let child: ChildProcess
  do {
    child = try await ChildProcess.start(configuration)
  } catch {
    throw ClientError(error.code == .cancelled ? .cancelled : .unreachable, error.message)
  }
  let channel = ChildChannel(child, grace: options.timeouts.closing)
  return ChannelTransport(
    to: program.command, over: channel, options, events: events,
    isUnread: { child.hasUnreadInput },
    killing: { await child.stop(.init(afterInputClosed: .zero, afterTerminate: .milliseconds(200))) },
    ending: { await child.whyEnded(program.command, hadSpoken: channel.hasSpoken) })
}

/// A child's standard input and output as a channel.
private final class ChildChannel: MessageChannel {
  private let child: ChildProcess
  private let grace: Duration
  /// Lines taken from the child and not yet received, last first.
  private let taken = Mutex<[[UInt8]]>([])
  private let heard = Atomic(false)

  init(_ child: ChildProcess, grace: Duration) {
    self.child = child
    self.grace = grace
  }

  /// Whether the child has written anything to its standard output.
  var hasSpoken: Bool { heard.load(ordering: .relaxed) }

  func send(_ text: [UInt8]) async throws {
    do {
      try await child.send(text)
    } catch {
      switch error.code {
      case .timeout: throw ClientError(.timeout, error.message)
      case .cancelled: throw ClientError(.cancelled, error.message)
      case .tooLarge: throw ClientError(.disconnected, error.message)
      default: throw ChannelClosed()
      }
    }
  }

  func receive() async throws -> [UInt8]? {
    while true {
      if let line = taken.withLock({ $0.popLast() }) { return line }
      guard let lines = try await child.nextLines() else { return nil }
      heard.store(true, ordering: .relaxed)
      taken.withLock { $0 = lines.reversed() }
    }
  }

  func close() async {
    await child.stop(.init(afterInputClosed: grace, afterTerminate: grace, afterKill: grace))
  }
}

extension ChildProcess {
  /// Why a server no longer talks, with its last words.
  fileprivate func whyEnded(_ command: String, hadSpoken: Bool) async -> ClientError {
    // It has closed its output, so it most likely ends now; if not, it is made to.
    let status = await stop(.init(afterInputClosed: .milliseconds(500), afterTerminate: .milliseconds(500)))
    let how = status.map { "\($0)" } ?? "has closed its output"
    let lines = capturedError.split(whereSeparator: \.isNewline).suffix(5).map { $0.prefix(300) }
    let lastWords = lines.isEmpty ? "" : "; its last words: \(lines.joined(separator: " | "))"
    return ClientError(.disconnected, "\(command) \(how)\(hadSpoken ? "" : " before it answered")\(lastWords)")
  }
}

extension ClientOptions.StandardError {
  fileprivate var ofChild: ChildProcess.StandardError {
    switch self {
    case .inherit: .inherit
    case .capture: .capture()
    case .discard: .discard
    }
  }
}
