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
    let child: ChildProcess
    do {
      child = try await ChildProcess.start(
        ChildProcess.Configuration(
          command, arguments, standardError: .inherit,
          limits: ChildProcess.Limits(line: limit, unread: limit)))
    } catch {
      throw ClientError(.unanswered, error.message)
    }
    do {
      let output = try await converse(child, input)
      let status = await child.exit()
      guard status?.isSuccess == true else {
        throw ClientError(.unanswered, "\(command) \(status.map { "\($0)" } ?? "was broken off")")
      }
      return output
    } catch {
      await child.stop(.none)
      throw error
    }
  }

  private func converse(_ child: ChildProcess, _ input: [UInt8]) async throws -> [UInt8] {
    // A program that answers without reading closes its input, which is fine.
    try? await child.send(input)
    child.closeInput()
    var output: [UInt8] = []
    while let lines = try await child.nextLines() {
      for line in lines {
        if !output.isEmpty { output.append(UInt8(ascii: "\n")) }
        output += line
      }
      guard output.count <= limit else { throw ClientError(.unanswered, "\(command) answers more than \(limit) bytes") }
    }
    return output
  }
}
