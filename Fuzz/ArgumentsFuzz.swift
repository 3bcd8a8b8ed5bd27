// SPDX-License-Identifier: Apache-2.0
// Feeds lines as words to the command-line parser, and checks what must hold whatever they are.
// Sources: Sources/CommandLineKit/Declaring/*.swift Sources/CommandLineKit/Reading/*.swift Sources/CommandLineKit/Showing/ColorChoice.swift Sources/CommandLineKit/Showing/Console.swift Sources/CommandLineKit/Showing/OutputStream.swift

private struct Root: CommandGroup {
  static let info = CommandInfo("fuzz", "A tree to parse for.")
  static let subcommands: [any Command.Type] = [Call.self, List.self]
  @Group("Shared") var shared: Shared
}

private struct Shared: OptionGroup {
  @Option("One.", short: "s", value: "TARGET", isExclusive: true) var server: String?
  @Option("Many.", short: "H", value: "'K: V'") var header: [String]
  @Flag("Counted.", short: "v") var verbose: Int
}

private struct Call: Command {
  static let info = CommandInfo("call", "Takes words.", aliases: ["c"])
  @Argument("First.") var tool: String
  @Argument("Others.") var words: [String]
  @Option("Time.", short: "t", value: "DURATION", environment: ["FUZZ"]) var timeout = Duration.seconds(1)
  @Option("Size.", value: "SIZE") var maxBody: ByteCount?
  @Option("Number.", short: "n", value: "N") var number: Int?
  @Trailing("Program.", value: "command") var program: [String]
  @Group("Shared") var shared: Shared
  func run(in console: Console) async throws -> ExitCode { .success }
}

private struct List: Command {
  static let info = CommandInfo("ls", "Takes one word.")
  @Argument("Maybe.") var pattern: String?
  func run(in console: Console) async throws -> ExitCode { .success }
}

/// One input: words separated by line ends.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  let words = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  do throws(UsageError) {
    let invocation = try parse(words, as: Root.self, environment: { _ in words.last })
    if let call = invocation.command as? Call, !invocation.wantsHelp {
      let taken = [call.tool] + call.words + call.program + call.shared.header
      precondition(taken.count <= words.count, "no word is read twice")
      precondition(call.timeout >= .zero && call.maxBody?.bytes ?? 0 >= 0, "amounts are never negative")
    }
  } catch {
    precondition(!error.message.isEmpty && error.usage?.hasPrefix("fuzz") == true, "every refusal says why and where")
  }
  return 0
}
