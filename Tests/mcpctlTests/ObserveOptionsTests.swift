// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import TestSupport
import Testing

@testable import mcpctl

@Suite struct ObserveOptionsTests {
  @Test(arguments: [
    ("9100", "127.0.0.1", 9100), (":9100", "127.0.0.1", 9100), ("0.0.0.0:0", "0.0.0.0", 0),
    ("[::1]:9100", "[::1]", 9100),
    ("localhost:65535", "localhost", 65535),
  ])
  func anAddressHasAPort(_ word: String, _ host: String, _ port: UInt16) throws {
    let read = try HostAndPort(argument: word)
    #expect(read.host == host && read.port == port)
  }

  @Test(arguments: ["", "localhost", "1.2.3.4:", "1.2.3.4:65536", "::1", "::1:80"])
  func whatHasNoneIsRefused(_ word: String) {
    #expect(throws: ValueFault.self) { _ = try HostAndPort(argument: word) }
  }

  @Test func whatNeedsHTTPSaysSo() throws {
    for words in [["--metrics-addr", "9100"], ["--access-log", "-"]] {
      let run = try run([binary, "serve"] + words)
      #expect(run.code == 64)
      #expect(run.error.contains("\(words[0]) is for a server over HTTP: add --transport http-stream"))
    }
  }

  @Test func aTimeToReportNeedsAReport() throws {
    let run = try mcpctl("serve", "--duration", "5s")
    #expect(run.code == 64)
    #expect(run.error.contains("add --profile or --memory-profile"))
  }

  @Test func aLogThatCannotBeWrittenNamesItself() throws {
    let run = try mcpctl("serve", "--transport", "http-stream", "--port", "0", "--access-log", "/nowhere/access.log")
    #expect(run.code == 64)
    #expect(run.error.contains("--access-log: '/nowhere/access.log' cannot be written"))
  }

  @Test func aCollectorThatIsNoURLIsNamed() throws {
    let run = try mcpctl("call", "calculator", "a=1", "b=2", environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "c:4317"])
    #expect(run.code == 64)
    #expect(run.error.contains("'c:4317'"))
  }
}
