// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import Testing

/// What needs a whole process of its own to be seen.
@Suite(.timeLimit(.minutes(1))) struct ProcessOrphanTests {
  @Test func killingTheParentLeavesNeitherChildNorGrandchild() async throws {
    // Both hold the pipe's writing end open; it reads as ended when the last of them is gone.
    let path = "/tmp/eventio-orphans-\(getpid())"
    unlink(path)
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    defer { close(reader) }

    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let script = "exec 3>\(path); sh -c 'echo ready; sleep 1000' & wait"
      let child = try await ChildProcess.start(.init("sh", ["-c", script]))
      _ = try await child.nextLines()
      kill(getpid(), SIGKILL)
    }
    var polled = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
    #expect(poll(&polled, 1, 10_000) == 1, "the holders of the pipe live on")
    var byte: UInt8 = 0
    #expect(read(reader, &byte, 1) == 0)
  }

  @Test func writingToAChildThatHasClosedItsInputRaisesNoSignal() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      let child = try await ChildProcess.start(.init("sh", ["-c", "exec <&-; echo closed; sleep 1000"]))
      _ = try await child.nextLines()
      let error = await #expect(throws: IOError.self) { try await child.send([65]) }
      #expect(error?.code == .send)
      await child.stop(.none)
    }
  }

  @Test func startingAndStoppingLeaksNoDescriptor() async {
    await #expect(processExitsWith: .success) {
      func openDescriptors() -> Int {
        var count = 0
        for descriptor: Int32 in 0..<1024 where fcntl(descriptor, F_GETFD) >= 0 { count += 1 }
        return count
      }
      func cycle() async throws {
        let child = try await ChildProcess.start(.init("cat", standardError: .capture()))
        try await child.send([65])
        _ = try await child.nextLines()
        await child.stop()
        _ = try? await ChildProcess.start(.init("/no/such/program"))
      }
      try await cycle()  // the guard's socket is opened here, once
      let before = openDescriptors()
      for _ in 0..<20 { try await cycle() }
      // The thread of the last child closes its wake-up descriptor a moment after the child was reported as ended.
      while openDescriptors() > before { await Task.yield() }
    }
  }
}
