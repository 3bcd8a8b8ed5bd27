// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@testable import mcpctl

@Suite struct CommandTreeTests {
  @Test func theTreeHasNoFaults() { #expect(CommandModel(RootCommand.self).faults == []) }

  @Test func anExampleIsACommandLineThatParses() throws {
    for model in CommandModel(RootCommand.self).everyone {
      for example in model.info.examples {
        let words = example.line.split(separator: " ").map(String.init)
        guard let start = words.firstIndex(of: "mcpctl") else { continue }
        let end = words[start...].firstIndex { ["|", ">", "<", "2>"].contains($0) } ?? words.endIndex
        let ours = words[(start + 1)..<end].map { $0.trimmingCharacters(["'", ")"]) }
        #expect(throws: Never.self, "\(example.line)") { try parse(Array(ours), as: RootCommand.self) }
      }
    }
  }
}

extension String {
  fileprivate func trimmingCharacters(_ set: Set<Character>) -> String {
    String(drop { set.contains($0) }.reversed().drop { set.contains($0) }.reversed())
  }
}
