// SPDX-License-Identifier: Apache-2.0
// Feeds bytes to the readers and checks of configurations, and checks what must hold whatever they are.
import Glibc
import JSONKit
import MCPConfig

/// The fuzzer's own entry, for which the package manager leaves no room.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

@main enum ConfigFuzz {
  static func main() {
    var count = CommandLine.argc
    var words = CommandLine.unsafeArgv
    exit(runFuzzer(&count, &words) { testOneInput($0, $1) })
  }
}

/// One input of the fuzzer: the first byte chooses how the rest is read.
private func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count).dropFirst())
  let surroundings = Surroundings(
    environment: { $0 == "SECRET" ? "s3cr3t-of-the-environment" : nil },
    readFile: { _, limit throws(Surroundings.ReadFault) in
      guard bytes.count <= limit else { throw Surroundings.ReadFault("too large") }
      return bytes
    },
    exists: { $0.utf8.count % 2 == 0 }, isCommand: { $0.utf8.count % 2 == 0 })
  switch start[0] % 4 {
  case 0: check("f.yaml", surroundings)
  case 1: check("f.json", surroundings)
  case 2:
    for kind in ClientKind.allCases { check((try? ClientFile(kind, file: "f.json", surroundings).problems()) ?? []) }
  default: check((try? LocalTools.problems(in: "f.yaml", surroundings)) ?? [])
  }
  return 0
}

private func check(_ file: String, _ surroundings: Surroundings) {
  guard let loaded = try? ConfigLoader(surroundings).load(file: file) else { return }
  check(loaded.problems)
  precondition(loaded.isUsable || !loaded.problems.isEmpty, "what cannot be used is told")
  precondition(loaded.config.differences(to: loaded.config).isEmpty, "a value is the same as itself")
  for key in ConfigKey.all {
    guard let setting = loaded.config.setting(key.path) else { continue }
    if case .secret = setting.value { precondition(setting.value.shown == Secret.mask, "secrets are masked") }
    _ = setting.value.json.text
    if case .integer(let range) = key.type, let value = loaded.config.integer(key.path) {
      precondition(range.contains(value), "values are in their range")
    }
  }
}

private func check(_ problems: [Problem]) {
  precondition(problems.count <= ConfigLimits().problems, "problems are limited")
  for problem in problems {
    precondition(!problem.message.isEmpty && !problem.remedy.isEmpty, "a problem says what and what to do")
    precondition(!problem.description.contains("s3cr3t-of-the-environment"), "what a variable holds is not told")
    if let mark = problem.mark { precondition(mark.line > 0 && mark.column > 0, "places are counted from 1") }
  }
  _ = SARIF.log(of: problems, version: "1").text
}
