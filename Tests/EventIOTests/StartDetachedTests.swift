// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import Testing

@Suite struct StartDetachedTests {
  @Test func aProgramGetsItsWordsFromNoShell() throws {
    var template = Array("/tmp/mcpctl-detached-XXXXXX".utf8CString)
    let folder = String(cString: try #require(mkdtemp(&template)))
    let pipe = folder + "/a b;touch '$(id)' & \"c\""
    defer {
      unlink(pipe)
      rmdir(folder)
    }
    #expect(mkfifo(pipe, 0o600) == 0)
    // `tee` opens the file that the one word names, or this waits for ever.
    try #require(startDetached("tee", [pipe]))
    let file = open(pipe, O_RDONLY | O_CLOEXEC)
    #expect(file >= 0)
    var byte: UInt8 = 0
    #expect(read(file, &byte, 1) == 0, "its input is empty, and not ours")
    close(file)
  }

  @Test func aProgramThatIsNotThereIsNotStarted() {
    #expect(!startDetached("/nonexistent/browser", ["https://example.com"]))
  }
}
