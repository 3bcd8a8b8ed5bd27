// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@testable import mcpctl

/// What is remembered between runs, and what is taken from the environment.
@Suite struct MemoryTests {
  private func memory(_ file: String, now: Int) throws -> (EraMemory, MemoryConsole) {
    let console = MemoryConsole(
      environment: ["XDG_CACHE_HOME": "/proc/none"], files: ["/proc/none/mcpctl/eras.json": file])
    return (try #require(EraMemory(console.console, now: now)), console)
  }

  @Test func aVerdictIsDatedAndForgotten() throws {
    let (first, console) = try memory("{}", now: 1000)
    #expect(!first.isLegacy("https://example.com/mcp"))
    first.remember("https://example.com/mcp", isLegacy: true)
    let saved = String(decoding: try #require(console.savedFiles["/proc/none/mcpctl/eras.json"]), as: UTF8.self)
    #expect(saved.contains(":1000"))
    #expect(!saved.contains("example"), "the file does not tell which servers are used")
    for (now, isLegacy) in [(1000, true), (4600, true), (4601, false), (999, false)] {
      #expect(try memory(saved, now: now).0.isLegacy("https://example.com/mcp") == isLegacy)
    }
    #expect(try !memory(saved, now: 1000).0.isLegacy("https://example.com/other"))
  }

  @Test func aServerThatLearntMoreIsForgotten() throws {
    let (first, console) = try memory("{}", now: 1000)
    first.remember("a", isLegacy: true)
    let saved = String(decoding: try #require(console.savedFiles["/proc/none/mcpctl/eras.json"]), as: UTF8.self)
    let (second, other) = try memory(saved, now: 1001)
    second.remember("a", isLegacy: false)
    #expect(other.savedFiles["/proc/none/mcpctl/eras.json"] == Array("{}".utf8))
  }

  @Test(arguments: ["", "{", "[]", #"{"x": "y"}"#]) func aBrokenFileIsAnEmptyOne(file: String) throws {
    #expect(try !memory(file, now: 1).0.isLegacy("a"))
  }

  @Test func withoutAPlaceNothingIsRemembered() {
    #expect(EraMemory(MemoryConsole().console) == nil)
    #expect(EraMemory(MemoryConsole(environment: ["XDG_CACHE_HOME": "relative"]).console) == nil)
  }

  @Test func aTraceGoesOn() {
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    #expect(TraceContext.read(MemoryConsole(environment: ["TRACEPARENT": parent]).console) == ["traceparent": parent])
    let both = MemoryConsole(environment: ["TRACEPARENT": parent, "TRACESTATE": "a=1"]).console
    #expect(TraceContext.read(both) == ["traceparent": parent, "tracestate": "a=1"])
    #expect(TraceContext.read(MemoryConsole(environment: ["TRACESTATE": "a=1"]).console).isEmpty)
    for bad in [
      "", "00-0-0-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    ] {
      #expect(TraceContext.read(MemoryConsole(environment: ["TRACEPARENT": bad]).console).isEmpty, "\(bad)")
    }
  }
}
