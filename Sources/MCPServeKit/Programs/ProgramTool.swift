// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// A tool whose calls each run a program, in a process group of its own that is killed and reaped on every way out.
///
/// The program's standard input is one line of JSON, the arguments. What it writes to standard output is the result: text;
/// or a value, when the tool has an output schema; or a whole `CallToolResult`, when it is an object with `content`.
/// A program that ends with another status than 0 has failed, and its standard error says why.
struct ProgramTool: Sendable {
  let manifest: ProgramManifest
  /// The words to run.
  let command: [String]
  let folder: String

  /// The tool, to be registered.
  /// - Throws: `FeatureError` `.malformed` when a schema is none.
  func serverTool() throws(FeatureError) -> ServerTool {
    let slots = Slots(limit: manifest.limits.calls)
    return try ServerTool(manifest.tool) { [self] _, arguments in
      guard slots.take() else {
        throw RPCError(
          .internalError, "tool \(name) is busy with \(manifest.limits.calls) calls, the limit: try again later")
      }
      defer { slots.release() }
      return try await run(arguments)
    }.timeLimit(manifest.limits.time)
  }

  private var name: String { manifest.tool.name }

  private func run(_ arguments: JSONObject) async throws -> ToolResult {
    let outcome: ChildProcess.Outcome
    do throws(IOError) {
      outcome = try await ChildProcess.run(
        configuration, input: Array(arguments.text.utf8), outputLimit: manifest.limits.output)
    } catch  where error.code == .cancelled {
      throw CancellationError()
    } catch {
      return .error(error.message)
    }
    guard outcome.status.isSuccess else { return failure(outcome) }
    return result(outcome.output)
  }

  private var configuration: ChildProcess.Configuration {
    var configuration = ChildProcess.Configuration(
      command[0], Array(command.dropFirst()),
      environment: .selected(
        ProgramManifest.alwaysSeen.union(manifest.environment),
        adding: manifest.variables.merging(["MCP_TOOL_NAME": name]) { $1 }),
      directory: manifest.directory.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" } ?? folder,
      standardError: .capture())
    configuration.limits.processorSeconds = UInt32(clamping: manifest.limits.processorSeconds)
    return configuration
  }

  /// What a program that failed says: a result of its own, or the end of its standard error.
  private func failure(_ outcome: ChildProcess.Outcome) -> ToolResult {
    if var whole = wholeResult(outcome.output) {
      whole.isError = true
      return whole
    }
    let said = outcome.error.isEmpty ? String(decoding: outcome.output, as: UTF8.self) : outcome.error
    let text = said.trimmedNewlines
    return .error(text.isEmpty ? "\(name) \(outcome.status)" : text)
  }

  private func result(_ output: [UInt8]) -> ToolResult {
    if let whole = wholeResult(output) { return whole }
    let text = String(decoding: output, as: UTF8.self)
    guard manifest.tool.outputSchema != nil else { return .text(text) }
    do throws(JSONError) {
      return .structured(try JSON(parsing: output), text: text)
    } catch {
      return .error("\(name) promises structured output, and answered what is no JSON: \(error)")
    }
  }

  private func wholeResult(_ output: [UInt8]) -> ToolResult? {
    guard output.first == UInt8(ascii: "{"), let object = (try? JSON(parsing: output))?.object,
      object["content"]?.array != nil
    else { return nil }
    return try? ToolResult(json: object)
  }
}

/// Counts the calls under way.
private final class Slots: Sendable {
  private let limit: Int
  private let taken = Mutex(0)

  init(limit: Int) { self.limit = limit }

  func take() -> Bool {
    taken.withLock { taken in
      guard taken < limit else { return false }
      taken += 1
      return true
    }
  }

  func release() { taken.withLock { $0 -= 1 } }
}

extension String {
  fileprivate var trimmedNewlines: String {
    var text = self[...]
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}
