// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

@main struct Mcpctl {
  static func main() async {
    let words = Array(CommandLine.arguments.dropFirst())
    let console = Console.system(color: ColorChoice(askedIn: words))
    let code = await run(words, in: console)
    console.output.flush()
    console.error.flush()
    Console.exit(finalCode(code, console))
  }

  /// Reads the words, runs the command they name, and reports what went wrong.
  static func run(_ words: [String], in console: Console) async -> ExitCode {
    let report = ErrorReport(console: console, isJSON: asksForJSON(words))
    do {
      let invocation = try parse(words, as: RootCommand.self, environment: console.environment)
      if invocation.wantsHelp {
        if let code = try await invocation.command.help(in: console) { return code }
        guard let model = CommandModel(RootCommand.self).command(at: invocation.path.dropFirst()) else { return .usage }
        console.output.write(helpPage(of: model, width: console.output.width, bold: console.output.bold))
        return .success
      }
      do {
        return try await invocation.command.run(in: console)
      } catch var error as UsageError {
        let model = CommandModel(RootCommand.self).command(at: invocation.path.dropFirst())
        if error.usage == nil { error.usage = model?.usage }
        throw error
      }
    } catch {
      return report.report(error)
    }
  }

  /// A result that could not be written is a failure, unless the reader only stopped reading.
  private static func finalCode(_ code: ExitCode, _ console: Console) -> Int32 {
    let failure = console.output.failure
    guard failure != 0, !Console.isBrokenPipe(failure), code == .success else { return code.rawValue }
    console.error.print("mcpctl: cannot write the result: \(Console.reason(failure))")
    return ExitCode.internalError.rawValue
  }

  /// Whether the words ask for JSON, also where they are too wrong to be parsed.
  private static func asksForJSON(_ words: [String]) -> Bool {
    let words = words.prefix { $0 != "--" }
    let formats = ["json", "jsonl", "raw"]
    return formats.contains { format in
      words.contains("-o\(format)") || words.contains("--output=\(format)")
        || zip(words, words.dropFirst()).contains { ($0 == "-o" || $0 == "--output") && $1 == format }
    }
  }
}
