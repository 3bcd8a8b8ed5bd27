// SPDX-License-Identifier: Apache-2.0
import EventIO
public import JSONKit
import MCPCore

/// Answers with what a program says: it is started once for each question, in its own process group, and ended when
/// the answer is there, no longer wanted or late.
///
/// Its standard input is one JSON object, `{"method": …, "params": …}`, as the server wrote them. Its standard output
/// is the result object of the specification; for sampling it may be plain text. Standard error goes where ours goes.
public struct CommandResponder: Responder {
  /// What the program can answer.
  public let skills: Skills
  private let command: String
  private let arguments: [String]
  private let limit: Int

  /// Makes a responder.
  /// - Parameters:
  ///   - skills: what the program can answer.
  ///   - command: the program; looked up in PATH when it has no slash.
  ///   - limit: the most bytes it may answer. Default 16 MiB.
  public init(_ skills: Skills, _ command: String, _ arguments: [String] = [], limit: Int = 16 << 20) {
    self.skills = skills
    self.command = command
    self.arguments = arguments
    self.limit = limit
  }

  /// Asks the program.
  /// - Throws: `ClientError` when it cannot be started, fails, or answers something else.
  public func answer(_ question: ServerQuestion) async throws -> JSONObject {
    let asked: JSON = ["method": .string(question.method.rawValue), "params": .object(question.params)]
    let output = try await run(Array(asked.text.utf8))
    if case .object(let result)? = try? JSON(parsing: output) { return result }
    let text = String(decoding: output, as: UTF8.self)
    guard question.kind == .sampling, !output.isEmpty else {
      throw ClientError(.unanswered, "\(command) answered \(question.method) with something that is no JSON object")
    }
    return .message(text, by: command)
  }

  private func run(_ input: [UInt8]) async throws -> [UInt8] {
    let outcome: ChildProcess.Outcome
    do throws(IOError) {
      outcome = try await ChildProcess.run(
        ChildProcess.Configuration(command, arguments, standardError: .inherit), input: input, outputLimit: limit)
    } catch  where error.code == .cancelled {
      throw CancellationError()
    } catch {
      throw ClientError(.unanswered, error.message)
    }
    guard outcome.status.isSuccess else { throw ClientError(.unanswered, "\(command) \(outcome.status)") }
    return outcome.output
  }
}
