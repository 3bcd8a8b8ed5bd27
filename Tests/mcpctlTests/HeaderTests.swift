// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@testable import mcpctl

@Suite struct HeaderTests {
  private let console = MemoryConsole(
    environment: ["TOKEN": "t0p", "BROKEN": "a\r\nX-Evil: 1"], files: ["token": "from-file\n"]
  ).console

  private func headers(_ words: [String] = [], env: String? = nil, file: String? = nil) throws -> [Target.Header] {
    let options = ConnectionOptions()
    (options.header, options.bearerEnv, options.bearerFile) = (words, env, file)
    return try options.headers(console)
  }

  @Test func valuesAreTakenAsTheyAreOrFromWhereTheyAreKept() throws {
    #expect(
      try headers(["X-A: b: c", "X-T:env:TOKEN", "X-F: file:token"]) == [
        .init(name: "X-A", value: "b: c"), .init(name: "X-T", value: "t0p"), .init(name: "X-F", value: "from-file"),
      ])
    #expect(try headers(env: "TOKEN") == [.init(name: "Authorization", value: "Bearer t0p")])
    #expect(try headers(file: "token") == [.init(name: "Authorization", value: "Bearer from-file")])
  }

  @Test(arguments: ["no colon", ": x", "a b: c", "X: env:BROKEN", "X: a\nb"])
  func whatCannotBeAHeaderIsAUsageError(word: String) {
    #expect(throws: UsageError.self) { try headers([word]) }
  }

  @Test func aSecretThatIsNotThereIsNamedWithoutItsValue() {
    let missing = #expect(throws: Failure.self) { try headers(env: "NOPE") }
    #expect(missing?.exit == .badConfiguration)
    #expect(missing?.message == "bearer token: the environment variable NOPE is not set")
    let broken = #expect(throws: UsageError.self) { try headers(["X: env:BROKEN"]) }
    #expect(broken?.message.contains("Evil") == false)
    #expect(throws: UsageError.self) { try headers(env: "TOKEN", file: "token") }
  }
}
