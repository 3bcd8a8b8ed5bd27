// SPDX-License-Identifier: Apache-2.0
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A `redis-server` of a test's own, on a port of its own, with nothing in it and nothing kept. It ends with the last reference,
/// and with this process, however that ends.
public final class RedisServer: Sendable {
  /// Its port without TLS.
  public let port: UInt16
  /// Where its files are: its log, its socket `socket`, and what it is told to write.
  public let folder: String
  private let words: [String]
  private let running: Mutex<(program: RunningProgram, id: Int32)?>

  /// Starts a server, and waits until it answers.
  /// - Parameter options: as on the command line, such as `["--requirepass", "secret"]`.
  public convenience init(_ options: [String] = []) throws {
    let folder = try makeFolder()
    try self.init(
      [
        "--bind", "127.0.0.1", "--dir", folder, "--logfile", "\(folder)/log", "--unixsocket", "\(folder)/socket",
        "--save", "",
        "--appendonly", "no", "--repl-diskless-sync-delay", "0",
      ] + options, in: folder)
  }

  /// Starts a sentinel of a configuration.
  convenience init(sentinel configuration: String) throws {
    let folder = try makeFolder()
    let made = try run(["tee", "\(folder)/sentinel.conf"], input: configuration)
    guard made.code == 0 else { throw SpawnFault(message: made.error) }
    try self.init(
      ["\(folder)/sentinel.conf", "--sentinel", "--bind", "127.0.0.1", "--dir", folder, "--logfile", "\(folder)/log"],
      in: folder)
  }

  private init(_ words: [String], in folder: String) throws {
    port = try freePort()
    self.folder = folder
    self.words = words
    running = Mutex(nil)
    try start()
  }

  deinit {
    stop()
    _ = try? run(["rm", "-rf", folder])
  }

  /// Starts it again on the same port, empty.
  public func start() throws {
    let guarding = "\"$@\" </dev/null >/dev/null 2>&1 & echo $!; cat >/dev/null; kill -9 $!; wait $! 2>/dev/null"
    let program = try RunningProgram(
      ["sh", "-c", guarding, "sh", "redis-server"] + words + ["--port", "\(port)"])
    guard let id = program.nextLine().flatMap({ Int32($0) }) else { throw SpawnFault(message: "no shell") }
    running.withLock { $0 = (program, id) }
    let end = milliseconds() + 10_000
    while !answersOnPort(port) {
      guard milliseconds() < end, Glibc.kill(id, 0) == 0 else {
        let log = contents(of: "\(folder)/log").map { String(decoding: $0, as: UTF8.self) }
        throw SpawnFault(message: "redis-server on port \(port) does not answer: \(log ?? "no log")")
      }
      usleep(5_000)
    }
  }

  /// Ends it at once, as a crash does.
  public func kill() { stop() }

  /// Has it stand still until `resume`, as a machine that is too busy does: its connections stay, and nothing is answered.
  public func pause() { running.withLock { _ = Glibc.kill($0?.id ?? 0, SIGSTOP) } }

  /// Has it go on.
  public func resume() { running.withLock { _ = Glibc.kill($0?.id ?? 0, SIGCONT) } }

  private func stop() {
    let ended = running.withLock { running in
      defer { running = nil }
      return running
    }
    _ = ended?.program.finish(deadline: 10)
  }

  /// Asks it something by `redis-cli`, and returns what that prints.
  @discardableResult
  public func ask(_ words: String...) throws -> String {
    try run(["redis-cli", "-p", "\(port)"] + words, deadline: 10).output
  }

  /// How often it was asked a command, such as `get`, since it was started.
  public func calls(of command: String) throws -> Int {
    let lines = try ask("INFO", "commandstats").split(separator: "\r\n")
    let line = lines.first { $0.hasPrefix("cmdstat_\(command):calls=") }
    return line.flatMap { Int($0.split(separator: "=")[1].prefix { $0.isNumber }) } ?? 0
  }
}

private func makeFolder() throws -> String {
  var template = Array("/tmp/mcpctl-redis-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw SpawnFault(message: "mkdtemp: \(String(cString: strerror(errno)))") }
  return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// The ports that were given away: whoever has one may not listen on it yet.
private let given = Mutex<Set<UInt16>>([])

/// A port nobody listens on, of those that the system does not give away by itself, and another each time.
public func freePort() throws -> UInt16 {
  for _ in 0..<100 {
    let port = UInt16.random(in: 10_000..<32_000)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port)
    let isFree = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    if isFree, given.withLock({ $0.insert(port).inserted }) { return port }
  }
  throw SpawnFault(message: "no free port")
}

private func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

private func answersOnPort(_ port: UInt16) -> Bool {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = loopback(port)
  let length = socklen_t(MemoryLayout<sockaddr_in>.size)
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) == 0 }
  }
}

private func milliseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}
