// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import Testing

/// Real children: `sh`, `cat` and the like.
@Suite(.timeLimit(.minutes(1))) struct ProcessTests {
  private func shell(
    _ script: String, environment: ChildProcess.Environment = .inherited(), directory: String? = nil,
    standardError: ChildProcess.StandardError = .inherit, limits: ChildProcess.Limits = .init()
  ) async throws(IOError) -> ChildProcess {
    try await .start(
      .init(
        "sh", ["-c", script], environment: environment, directory: directory, standardError: standardError,
        limits: limits))
  }

  private func allLines(of child: ChildProcess) async throws(IOError) -> [String] {
    var all: [String] = []
    while let lines = try await child.nextLines() { all += lines.map { String(decoding: $0, as: UTF8.self) } }
    return all
  }

  private func exists(_ id: Int32) -> Bool { kill(id, 0) == 0 }

  // Talking

  @Test func linesGoInAndOut() async throws {
    let child = try await ChildProcess.start(.init("cat"))
    try await child.send(Array("one".utf8))
    #expect(try await child.nextLines() == [Array("one".utf8)])
    try await child.send(Array("two".utf8))
    #expect(try await child.nextLines() == [Array("two".utf8)])
    #expect(await child.stop() == .exited(0))
    #expect(try await child.nextLines() == nil)
  }

  @Test func aMegabyteLinePassesThroughAPipeOf64KiB() async throws {
    let child = try await ChildProcess.start(.init("cat"))
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    try await child.send(line)
    #expect(try await child.nextLines() == [line])
    await child.stop()
  }

  @Test func whatWasWrittenBeforeTheExitIsStillRead() async throws {
    let child = try await shell("echo a; echo b; printf c; exit 3")
    #expect(try await allLines(of: child) == ["a", "b", "c"])
    #expect(await child.exit() == .exited(3))
  }

  @Test func readingStopsWhileNobodyTakesTheLines() async throws {
    let child = try await shell(
      "i=0; while [ $i -lt 100 ]; do printf '%01000d\\n' $i; i=$((i+1)); done", limits: .init(unread: 2000))
    #expect(try await allLines(of: child).count == 100)
    await child.stop()
  }

  @Test func aLineOverTheLimitEndsTheReading() async throws {
    let child = try await shell("echo 12345", limits: .init(line: 4))
    let error = await #expect(throws: IOError.self) { try await allLines(of: child) }
    #expect(error?.code == .tooLarge)
    await child.stop()
  }

  @Test func aChildThatDoesNotReadFailsTheSenderAtItsDeadline() async throws {
    let child = try await ChildProcess.start(.init("sleep", ["1000"]))
    let line = [UInt8](repeating: 65, count: 1 << 20)
    let error = await #expect(throws: IOError.self) { try await child.send(line, timeout: .milliseconds(50)) }
    #expect(error?.code == .timeout)
    let second = await #expect(throws: IOError.self) { try await child.send([65]) }
    #expect(second?.code == .timeout, "half a line was written, so nothing can follow it")
    await child.stop(.none)
  }

  @Test func aCancelledSenderReturnsAtOnce() async throws {
    let child = try await ChildProcess.start(.init("sleep", ["1000"]))
    let sender = Task { try await child.send([UInt8](repeating: 65, count: 1 << 20)) }
    sender.cancel()
    await #expect(throws: IOError.self) { try await sender.value }
    await child.stop(.none)
  }

  @Test func theUnsentBytesAreBounded() async throws {
    let child = try await shell("sleep 1000", limits: .init(unsent: 200_000))
    async let first: Void = child.send([UInt8](repeating: 65, count: 150_000), timeout: .seconds(2))
    let error = await #expect(throws: IOError.self) {
      while true { try await child.send([UInt8](repeating: 65, count: 150_000), timeout: .milliseconds(1)) }
    }
    #expect(error != nil)
    await child.stop(.none)
    _ = try? await first
  }

  // Surroundings

  @Test func environmentAndDirectoryAreTheGivenOnes() async throws {
    let added = try await shell(
      "echo $GREETING; pwd; echo $PATH", environment: .inherited(adding: ["GREETING": "hi"]), directory: "/usr")
    let lines = try await allLines(of: added)
    #expect(lines.prefix(2) == ["hi", "/usr"])
    #expect(lines.count == 3)
    let only = try await ChildProcess.start(.init("/usr/bin/env", environment: .only(["A": "1", "B": "2"])))
    #expect(try await allLines(of: only) == ["A=1", "B=2"])
  }

  @Test func theEndOfStandardErrorIsKept() async throws {
    let child = try await shell("echo first >&2; echo last words >&2; exit 1", standardError: .capture(bytes: 11))
    #expect(await child.exit() == .exited(1))
    #expect(child.capturedError == "last words\n")
  }

  @Test func theChildGetsNoOtherDescriptorsAndNoBlockedOrIgnoredSignals() async throws {
    signal(SIGPIPE, SIG_IGN)
    let descriptors = try await ChildProcess.start(.init("ls", ["/proc/self/fd"]))
    #expect(try await allLines(of: descriptors) == ["0", "1", "2", "3"], "3 is the listing itself")
    let signals = try await ChildProcess.start(.init("grep", ["-E", "SigBlk|SigIgn", "/proc/self/status"]))
    let masks = try await allLines(of: signals).compactMap { UInt64($0.suffix(16), radix: 16) }
    // The C library keeps signals 32 and 33 for itself.
    #expect(masks.map { $0 & ~(3 << 31) } == [0, 0])
  }

  // Failing to start

  @Test(arguments: [
    ("no-such-program", "no such program in PATH"), ("/no/such/program", "no such program"),
    ("/etc/passwd", "executable"),
  ])
  func aProgramThatCannotStartIsNamedWithTheReason(command: String, reason: String) async {
    let error = await #expect(throws: IOError.self) { try await ChildProcess.start(.init(command)) }
    #expect(error?.code == .spawn)
    #expect(error?.message.contains(command) == true)
    #expect(error?.message.contains(reason) == true)
  }

  @Test func aMissingDirectoryIsNamed() async {
    let error = await #expect(throws: IOError.self) { try await shell("true", directory: "/no/such") }
    #expect(error?.message.contains("/no/such") == true)
  }

  // Ending

  @Test func closingTheInputIsEnoughForAWellBehavedChild() async throws {
    let child = try await ChildProcess.start(.init("cat"))
    #expect(await child.stop() == .exited(0))
    #expect(!exists(child.id))
  }

  @Test func aChildThatIgnoresTheEndOfInputIsTerminated() async throws {
    let child = try await ChildProcess.start(.init("sleep", ["1000"]))
    #expect(await child.stop(.init(afterInputClosed: .milliseconds(20))) == .killed(signal: SIGTERM))
    #expect(!exists(child.id))
  }

  @Test func aChildThatIgnoresTheTerminationToo_isKilledWithItsGroup() async throws {
    let child = try await shell("trap '' TERM; sh -c 'echo $$; sleep 1000' & wait; sleep 1000")
    let grandchild = try #require(
      try await child.nextLines()?.first.flatMap { Int32(String(decoding: $0, as: UTF8.self)) })
    let status = await child.stop(.init(afterInputClosed: .milliseconds(10), afterTerminate: .milliseconds(10)))
    #expect(status == .killed(signal: SIGKILL))
    #expect(!exists(child.id))
    while !isDead(grandchild) { await Task.yield() }
  }

  @Test func whatAnEndedChildLeavesInItsGroupIsKilled() async throws {
    let child = try await shell("sleep 1000 & echo $!; exit 0")
    let grandchild = try #require(
      try await child.nextLines()?.first.flatMap { Int32(String(decoding: $0, as: UTF8.self)) })
    #expect(await child.exit() == .exited(0))
    while !isDead(grandchild) { await Task.yield() }
  }

  @Test func sendingToAnEndedChildSaysHowItEnded() async throws {
    let child = try await shell("exit 7")
    _ = await child.exit()
    let error = await #expect(throws: IOError.self) { try await child.send([65]) }
    #expect(error?.message.contains("exited with status 7") == true)
  }

  @Test func droppingTheHandleEndsTheChild() async throws {
    var child: ChildProcess? = try await ChildProcess.start(.init("cat"))
    let id = try #require(child?.id)
    child = nil
    while exists(id) { await Task.yield() }
  }

  /// A killed process takes a moment to die, and may stay a zombie until its new parent reaps it.
  private func isDead(_ id: Int32) -> Bool {
    guard let file = fopen("/proc/\(id)/stat", "r") else { return true }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 64)
    guard fgets(&text, 64, file) != nil else { return true }
    return String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z")
  }
}
