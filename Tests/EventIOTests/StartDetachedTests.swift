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
    // Nothing of it is left to us, so nobody has to reap it.
    let children = try Folder("/proc/thread-self").contents(of: "children", limit: 4096)
    for child in String(decoding: children, as: UTF8.self).split(separator: " ") {
      let name = (try? Folder("/proc/\(child)").contents(of: "comm", limit: 64)) ?? []
      #expect(String(decoding: name, as: UTF8.self) != "tee\n")
    }
  }

  @Test func aProgramThatIsNotThereIsNotStarted() {
    #expect(!startDetached("/nonexistent/browser", ["https://example.com"]))
  }
}
