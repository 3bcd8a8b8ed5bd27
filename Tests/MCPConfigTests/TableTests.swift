// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@testable import MCPConfig

/// The table of keys.
@Suite struct TableTests {
  @Test func noTwoKeysShareAName() {
    let paths = ConfigKey.all.flatMap { [$0.path] + $0.aliases }.map { normalized($0) }
    #expect(duplicates(in: paths) == [])
    #expect(duplicates(in: ConfigKey.all.flatMap(\.environment)) == [])
    #expect(duplicates(in: ConfigKey.all.compactMap(\.flag)) == [])
  }

  @Test func aKeyIsNoSection() {
    for path in ConfigKey.all.flatMap({ [$0.path] + $0.aliases }) {
      #expect(ConfigKey.index.names(in: path) == [], "\(path)")
    }
  }

  @Test func everyDefaultIsAValueOfItsKey() {
    for key in ConfigKey.all where key.standard != nil { #expect(key.standardValue != nil, "\(key.path)") }
  }

  @Test func everyKeyIsExplainedInASentence() {
    for key in ConfigKey.all { #expect(key.help.hasSuffix(".") && key.help.first?.isUppercase == true, "\(key.path)") }
  }

  @Test func aPathIsFoundHoweverItIsSpelled() {
    for path in ["transport.path", "HTTP.MCPPath", "http.mcp-path", "Http.mcp_path"] {
      guard case .key(let key, _)? = ConfigKey.index.place(path) else {
        Issue.record("\(path) is unknown")
        continue
      }
      #expect(key.path == "transport.path")
    }
  }

  /// Three texts of a type, the first unlike the default where there is a choice.
  static func samples(_ key: ConfigKey) -> [String] {
    switch key.type {
    case .text: ["one", "two", "three"]
    case .secret: ["${S1}", "two", "three"]
    case .boolean: key.standard == "true" ? ["false", "true", "false"] : ["true", "false", "true"]
    case .integer(let range): [range.upperBound, range.lowerBound, range.lowerBound + 1].map(String.init)
    case .duration: ["7s", "6s", "5s"]
    case .size: ["7KiB", "6KiB", "5KiB"]
    case .choice(let words, _): [words[words.count - 1], words[0], words[1]]
    case .route: ["/one", "/two", "/three"]
    case .file, .output: ["/one", "/two", "/three"]
    case .url(let schemes): ["one", "two", "three"].map { "\(schemes[0])://\($0)" }
    case .rate: ["1/s", "2/m", "3/h"]
    case .files: ["/one,/two", "/two", "/three"]
    case .list, .names: ["one,two", "two", "three"]
    case .choices(let words): [words[0], words[1], words[2]]
    case .items: []
    }
  }

  @Test(arguments: ConfigKey.all.filter(\.type.isSpelledInOneWord).map(\.path))
  func anOptionWinsOverTheEnvironmentThatOverTheFileThatOverTheDefault(path: String) throws {
    let key = try #require(ConfigKey.at(path))
    let samples = Self.samples(key)
    func check(_ config: ServerConfig, _ text: String?, _ origin: String, _ comment: Comment) throws {
      let text = text == "${S1}" ? "one" : text
      let expected = try text.map { try key.type.value(of: $0) }
      #expect(config.setting(path)?.value == expected, comment)
      #expect((config.setting(path)?.origin ?? .standard).shown == origin, comment)
    }
    let none = try ConfigLoader(machine()).load(file: nil).config
    try check(none, key.standard, "default", "nobody")

    for spelled in [path] + key.aliases {
      let file = "\(spelled): \(JSON.string(samples[0]).text)\n"
      let ofFile = try load(file, environment: ["S1": "one"]).config
      try check(ofFile, samples[0], "c.yaml:1:\(spelled.count + 3)", "the file, as \(spelled)")

      for variable in key.environment {
        let environment = ["S1": "one", variable: samples[1]]
        try check(try load(file, environment: environment).config, samples[1], variable, "\(variable)")
        if let flag = key.flag {
          let ofFlag = try load(file, environment: environment, flags: [flag: [samples[2]]]).config
          try check(ofFlag, samples[2], "--\(flag)", "--\(flag)")
        }
        if case .secret = key.type { continue }  // never on the command line
        let ofSet = try load(file, environment: environment, flags: ["set": ["\(spelled)=\(samples[2])"]]).config
        try check(ofSet, samples[2], "--set \(path)", "--set")
      }
    }
  }

  private func duplicates(in words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { !seen.insert($0).inserted }
  }
}
