// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import TestSupport
import Testing

@testable import mcpctl

/// The text of a file of the repository.
func text(of path: String) throws -> String {
  String(decoding: try Console.system().readFile("\(repository)/\(path)", 1 << 20), as: UTF8.self)
}

/// The code blocks of a page in one language.
func blocks(_ language: String, of path: String) throws -> [String] {
  var blocks: [[Substring]] = []
  var isInside = false
  for line in try text(of: path).split(separator: "\n", omittingEmptySubsequences: false) {
    if isInside, line == "```" {
      isInside = false
    } else if isInside {
      blocks[blocks.count - 1].append(line)
    } else if line == "```\(language)" {
      isInside = true
      blocks.append([])
    }
  }
  return blocks.map { $0.map { $0 + "\n" }.joined() }
}

@Suite struct ReadmeTests {
  @Test func theServerInTheReadmeIsTheExampleThatIsCompiled() throws {
    let example = try text(of: "Examples/Weather/Weather.swift").split(separator: "\n", maxSplits: 1)[1]
    #expect(try blocks("swift", of: "README.md").first == String(example))
  }

  @Test(.enabled(if: isInstalled("swift"))) func thePackageInTheReadmeLoads() throws {
    let manifest = try #require(try blocks("swift", of: "README.md").first { $0.contains("Package(") })
    let load = """
      folder=$(mktemp -d) && export XDG_CACHE_HOME="$folder/cache"
      cat > "$folder/Package.swift" && swift package --package-path "$folder" dump-package
      code=$?; rm -rf "$folder"; exit $code
      """
    let run = try run(["sh", "-c", load], input: manifest, deadline: 120)
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.contains(#""MCPServeKit""#))
  }

  @Test func theReadmeNamesEveryExitCode() throws {
    let table = try text(of: "README.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
    let codes = table.flatMap { $0.split(separator: "|")[0].split { !$0.isNumber }.compactMap { Int32($0) } }
    #expect(codes == ExitCode.table.map(\.code.rawValue))
  }

  @Test func theGuideQuotesTheExampleThatIsCompiled() throws {
    let files = ["Trip", "Trip+Tools", "Trip+Questions", "Trip+Resources", "Trip+Callers"]
    let sources = try files.map { try text(of: "Examples/Trip/\($0).swift") }
    let quotes = try blocks("swift", of: "docs/writing-a-server.md")
    #expect(quotes.count > 8)
    for quote in quotes { #expect(sources.contains { $0.contains(quote) }, "no example has\n\(quote)") }
  }
}
