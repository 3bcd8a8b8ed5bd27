// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import TestSupport
import Testing

@testable import mcpctl

/// The server of docs/writing-a-server.md, as its readers call it.
@Suite struct ExampleTests {
  private let trip = repository + "/.build/debug/Trip"

  /// Runs `body` with the file of answers that `mcpctl help answers` shows.
  private func call(_ words: String..., protocol revision: String) throws -> ProgramRun {
    let script =
      "file=$(mktemp) && cat > \"$file\" && \"$@\" --answer \"$file\" -- \(trip); c=$?; rm \"$file\"; exit $c"
    let answers = HelpTopic.exampleOfAnswers.joined(separator: "\n")
    return try run(
      ["sh", "-c", script, "sh", binary, "call", "--protocol", revision] + words, input: answers)
  }

  @Test(arguments: ["2026-07-28", "2025-11-25"]) func theExampleOfHelpAnswersWorks(revision: String) throws {
    let booking = try call("book", "city=Oslo", protocol: revision)
    #expect(booking.output == "booking 1: Oslo, 3 nights\n", "\(booking.error)")
    #expect(try call("suggest", "city=Oslo", protocol: revision).output == "Take a boat.\n")
  }

  @Test func aQuestionNoAnswerFitsEndsWith6() throws {
    let run = try call("suggest", "city=Rome", protocol: "2026-07-28")
    #expect(run.code == 6)
    #expect(run.error.contains("mcpctl help answers"))
  }

  @Test func whatAHandlerThrowsIsSaidToTheCaller() throws {
    let unknown = try mcpctl("call", "sight", "city=Bergen", "--", trip)
    #expect(unknown.code == 3)
    #expect(unknown.error.contains("no city is called Bergen; try Oslo, Rome or Tokyo"))
    #expect(try mcpctl("call", "cancel", "number=0", "--", trip).code == 6)
    #expect(try mcpctl("resources", "read", "trip://bookings/7", "--", trip).code == 8)
  }

  @Test func aServerThatCannotListenSaysSoInOneLine() throws {
    let (other, url) = try ServeTests.start("--transport", "http-stream")
    let port = String(url.split { !$0.isNumber }.last ?? "")
    let run = try run([trip, port])
    other.signal(15)
    #expect(other.finish().code == 0)
    #expect(run.code == 2)
    #expect(run.error.hasPrefix("Trip: address 127.0.0.1:\(port) is already in use"))
    #expect(run.error.filter(\.isNewline).count == 1)
  }
}
