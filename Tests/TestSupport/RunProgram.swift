// SPDX-License-Identifier: Apache-2.0
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a program ended and what it said.
public struct ProgramRun: Sendable {
  /// The exit code; 128 plus the signal's number when a signal ended it.
  public let code: Int32
  /// Standard output.
  public let output: String
  /// Standard error.
  public let error: String
}

/// A program that could not be started.
public struct SpawnFault: Error {
  /// Which one, and why.
  public let message: String
}

private let startLock = Lock()

/// A lock whose holder may be decided at run time.
private final class Lock: Sendable {
  private let held = Mutex(false)
  func lock() {
    while !held.withLock({ held in
      defer { held = true }
      return !held
    }) { sched_yield() }
  }
  func unlock() { held.withLock { $0 = false } }
}

private func makePipe() throws -> [Int32] {
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { throw SpawnFault(message: "pipe: \(String(cString: strerror(errno)))") }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  return ends
}

/// A program started by a test, with pipes for its three streams. Kill it or wait for it on every path.
public final class RunningProgram: Sendable {
  /// Its process id, which is also its process group.
  public let id: Int32
  private let input: Int32
  private let output: Int32
  private let error: Int32

  /// Starts `words[0]`, looked up in PATH. `environment` is all it sees besides PATH and HOME.
  public init(_ words: [String], environment: [String: String] = [:]) throws {
    // One at a time: a child started in between would inherit the other's pipes and keep them open.
    startLock.lock()
    defer { startLock.unlock() }
    let (toChild, fromChild, errors) = (try makePipe(), try makePipe(), try makePipe())
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    posix_spawn_file_actions_adddup2(&actions, errors[1], 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    // Swift Testing blocks SIGCHLD, which a shell waits for.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var reset = sigset_t()
    sigemptyset(&reset)
    sigaddset(&reset, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &reset)
    var variables = environment
    for name in ["PATH", "HOME"] where variables[name] == nil {
      variables[name] = getenv(name).map { String(cString: $0) } ?? ""
    }
    // What one test remembers is no business of the next; nobody, root included, can make a folder below a file.
    for name in ["XDG_CACHE_HOME", "XDG_CONFIG_HOME"] where variables[name] == nil { variables[name] = "/dev/null" }
    var arguments = words.map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in arguments + settings { free(pointer) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, words[0], &actions, &attributes, &arguments, &settings)
    close(toChild[0])
    close(fromChild[1])
    close(errors[1])
    (id, input, output, error) = (child, toChild[1], fromChild[0], errors[0])
    guard failure == 0 else {
      closeAll()
      throw SpawnFault(message: "\(words[0]): \(String(cString: strerror(failure)))")
    }
  }

  /// Sends a signal to the program alone.
  public func signal(_ number: Int32) { kill(id, number) }

  /// Reads standard error or standard output up to and including the first line that holds `text`; nil at its end.
  public func line(holding text: String, onError: Bool = true) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(onError ? error : output, &byte, 1) == 1 {
      guard byte == 0x0A else {
        line.append(byte)
        continue
      }
      let found = String(decoding: line, as: UTF8.self)
      if found.contains(text) { return found }
      line = []
    }
    return nil
  }

  /// Writes `text` and the end of a line to standard input.
  public func send(_ text: String) throws {
    var pending = Array("\(text)\n".utf8)[...]
    while !pending.isEmpty {
      let count = pending.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { throw SpawnFault(message: "write: \(String(cString: strerror(errno)))") }
      pending = pending.dropFirst(max(0, count))
    }
  }

  /// Reads the next line of standard output; nil at its end, and when none has come after `deadline` seconds.
  public func nextLine(deadline: Int = 10) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    let end = now() + deadline * 1000
    while true {
      var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, Int32(max(0, end - now()))) > 0, read(output, &byte, 1) == 1 else { return nil }
      if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
  }

  /// Writes `text` to standard input, ends it, and gathers everything until the program has ended.
  ///
  /// A program still running after `deadline` seconds is killed and reported with code 137.
  public func finish(input text: String = "", deadline: Int = 30) -> ProgramRun {
    var pending = Array(text.utf8)[...]
    var gathered: [[UInt8]] = [[], []]
    var open: Set<Int32> = [output, error]
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
    if pending.isEmpty { close(input) }
    var isWriting = !pending.isEmpty
    let end = now() + deadline * 1000
    while !open.isEmpty || isWriting {
      var polls = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      if isWriting { polls.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
      poll(&polls, nfds_t(polls.count), Int32(max(0, end - now())))
      if now() >= end {
        kill(-id, SIGKILL)
        break
      }
      for ready in polls where ready.revents != 0 {
        if ready.fd == input {
          let count = pending.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
          if count > 0 { pending = pending.dropFirst(count) }
          if pending.isEmpty || (count < 0 && errno != EAGAIN) {
            close(input)
            isWriting = false
          }
        } else {
          var chunk = [UInt8](repeating: 0, count: 1 << 16)
          let count = read(ready.fd, &chunk, chunk.count)
          if count > 0 { gathered[ready.fd == output ? 0 : 1] += chunk[..<count] } else { open.remove(ready.fd) }
        }
      }
    }
    if isWriting { close(input) }
    close(output)
    close(error)
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 && errno == EINTR {}
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
    return ProgramRun(
      code: code, output: String(decoding: gathered[0], as: UTF8.self),
      error: String(decoding: gathered[1], as: UTF8.self))
  }

  private func closeAll() { for descriptor in [input, output, error] { close(descriptor) } }

  private func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}

/// Runs a program to its end.
public func run(
  _ words: [String], input: String = "", environment: [String: String] = [:], deadline: Int = 30
) throws -> ProgramRun {
  try RunningProgram(words, environment: environment).finish(input: input, deadline: deadline)
}

/// Whether a program can be found, for tests of tools that not every machine has.
public func isInstalled(_ program: String) -> Bool {
  (try? run(["sh", "-c", "command -v \(program)"]))?.code == 0
}
