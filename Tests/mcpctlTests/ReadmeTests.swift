// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@Suite struct ReadmeTests {
  private func text(of path: String) throws -> String {
    String(decoding: try Console.system().readFile("\(repository)/\(path)", 1 << 20), as: UTF8.self)
  }

  @Test func theServerInTheReadmeIsTheExampleThatIsCompiled() throws {
    let example = try text(of: "Examples/Weather/Weather.swift").split(separator: "\n", maxSplits: 1)[1]
    #expect(try text(of: "README.md").contains("```swift\n\(example)```"))
  }
}
