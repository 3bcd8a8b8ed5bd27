// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSONKit
import MCPCore
import TestSupport
import Testing

/// Replays what is written under `Tests/Transcripts/everything` against the built program.
///
/// What comes in a run of server lines may come in another order when a line says `In any order.` Where one says
/// `A change may be told of twice.` what was heard may come again, as when a tool comes and goes. Where one says `Tasks may
/// tell their status.` such notifications may come at any time, or not.
@Suite struct EverythingServerTests {
  @Test(arguments: Transcript.everything.filter { !$0.isOverHTTP })
  func everythingServerSaysWhatIsWrittenOverStdio(_ transcript: Transcript) throws {
    let server = try RunningProgram([Programs.everythingServer])
    var replay = StdioReplay(transcript, server)
    for line in transcript.lines {
      if line.isFromClient { try replay.say(line) } else { replay.expect(line) }
    }
    try replay.finish()
    let end = server.finish()
    #expect(end.code == 0 && end.output == "" && end.error == "", "\(end)")
  }
}

extension Transcript {
  static let everything = inFolders(["everything"])
  /// Whether its lines are requests, statuses and headers, rather than messages alone.
  var isOverHTTP: Bool { says("Over HTTP.") }
  /// The revision it is in.
  var revision: Revision? { Revision.allCases.first { name.hasPrefix("everything/\($0.rawValue)-") } }
}

/// One conversation over the standard streams of a program.
private struct StdioReplay {
  private let server: RunningProgram
  private let watch = WireWatch()
  private let isUnordered: Bool
  private let passesOverStatus: Bool
  private let mayRepeat: Bool
  private var heard: [JSON] = []
  private var bindings: Bindings = [:]
  /// What was said last, in case it has to be said again.
  private var said = ""
  private var expected: [(line: Transcript.Line, json: JSON)] = []

  init(_ transcript: Transcript, _ server: RunningProgram) {
    self.server = server
    isUnordered = transcript.says("In any order.")
    passesOverStatus = transcript.says("Tasks may tell their status.")
    mayRepeat = transcript.says("A change may be told of twice.")
  }

  mutating func say(_ line: Transcript.Line) throws {
    try finish()
    said = line.text.filled(bindings)
    try sayAgain()
  }

  private func sayAgain() throws {
    if let message = try? JSON(parsing: said) { watch.client(message) }
    try server.send(said)
  }

  mutating func expect(_ line: Transcript.Line) {
    do { expected.append((line, try JSON(parsing: line.text))) } catch { Issue.record("line \(line.number): \(error)") }
  }

  /// Hears everything that is expected.
  mutating func finish() throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(20)
    while let first = expected.first {
      let text = try #require(server.nextLine(), "line \(first.line.number): the server says nothing")
      let actual = try JSON(parsing: text)
      #expect(watch.server(actual) == [], "line \(first.line.number)")
      if passesOverStatus, actual["method"] == "notifications/tasks/status" { continue }
      let found = expected.indices.prefix(isUnordered ? expected.count : 1).first { index in
        var new = bindings
        guard matches(actual, expected[index].json, &new) else { return false }
        bindings = new
        return true
      }
      if let found {
        expected.remove(at: found)
        heard.append(actual)
      } else if mayRepeat, heard.contains(actual) {
        continue
      } else if first.line.isEventual, clock.now < end {
        // No notification says that a task of 2026-07-28 went on unless it was subscribed to: clients ask now and then.
        poll(nil, 0, 20)
        try sayAgain()
      } else {
        Issue.record("line \(first.line.number): expected \(first.json.text)\n got \(actual.text)")
        expected.removeFirst()
      }
    }
  }
}
