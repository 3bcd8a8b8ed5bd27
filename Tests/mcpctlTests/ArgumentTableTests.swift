// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// The table of docs/arguments.md, row by row.
@Suite struct ArgumentTableTests {
  /// A row: what is typed, and what comes of it.
  struct Row: Sendable, CustomTestStringConvertible {
    let number: Int
    let schema: String
    let words: [String]
    let json: String?
    let faults: [String]
    let note: String?
    let columns: Int

    var testDescription: String { "row \(number): \(words.joined(separator: " "))" }

    /// Nil for a line that is no row.
    init?(_ line: Substring) {
      let cells = line.split(separator: " | ").map { String($0) }
      guard line.hasPrefix("| "), cells.count > 3, let number = Int(cells[0].filter(\.isNumber)) else { return nil }
      self.number = number
      columns = cells.count
      schema = Self.quoted(cells[1]).first ?? ""
      words = Self.quoted(cells[2])
      let outcome = cells[3]
      let parts = Self.quoted(outcome)
      let isRefused = outcome.hasPrefix("refused: ")
      faults = isRefused ? parts : []
      json = isRefused ? nil : parts.first
      note = outcome.contains(" noted: ") ? parts.last : nil
    }

    /// What stands between grave accents.
    private static func quoted(_ cell: String) -> [String] {
      cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
        .map { String($0.element) }
    }
  }

  static let rows: [Row] = {
    let bytes = (try? Console.system().readFile("\(repository)/docs/arguments.md", 1 << 20)) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { Row($0) }
  }()

  private static let files: [String: [UInt8]] = [
    "t": Array("line\n".utf8), "j": Array("[1,2]".utf8), "b": [0xFF, 0x00, 0x10], "-": Array(#"{"x":5}"#.utf8),
  ]

  @Test(arguments: rows) func eachRowOfTheTableIsSo(row: Row) throws {
    let given = try #require(try JSON(parsing: row.schema).object)
    let schema: JSONObject =
      given["properties"] != nil && given["type"] == nil
      ? given : ["type": "object", "properties": ["x": .object(given)]]
    var reader = ArgumentReader(.init(schema: schema)) { path throws(FileFault) in
      guard let bytes = Self.files[path] else { throw FileFault(path: path, reason: "No such file or directory") }
      return bytes
    }
    do throws(ArgumentFaults) {
      let read = try reader.arguments(from: row.words)
      #expect(JSON.object(read).text == row.json)
    } catch {
      #expect(row.json == nil, "\(error.faults)")
      #expect(error.faults.count == row.faults.count, "\(error.faults)")
      for (fault, expected) in zip(error.faults, row.faults) {
        #expect(fault.hasPrefix(expected), "\(fault)")
      }
    }
    #expect(reader.notes.isEmpty == (row.note == nil), "\(reader.notes)")
    if let note = row.note { #expect(reader.notes.first?.contains(note) == true, "\(reader.notes)") }
  }

  @Test func theTableIsWhole() {
    #expect(Self.rows.count >= 60)
    #expect(Self.rows.map(\.number) == Array(1...Self.rows.count))
    // The last cell ends with the line.
    #expect(Self.rows.allSatisfy { $0.columns == 8 && !$0.words.isEmpty })
  }

  /// What `--help` promises, by the program itself.
  @Test func theProgramListsEveryFaultAndTheSignature() throws {
    let run = try mcpctl("call", "calculator", "a=x", "c=1")
    #expect(run.code == 65)
    let lines = run.error.split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "mcpctl: the arguments do not fit calculator; nothing was sent", "  a: 'x' is not a number",
        "  b is missing: NUMBER", "  c is no argument of this tool",
        "hint: the tool takes: calculator a=NUMBER b=NUMBER [operation=add|subtract|multiply|divide]",
      ])
  }
}
