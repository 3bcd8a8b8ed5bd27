// SPDX-License-Identifier: Apache-2.0

extension ChildProcess {
  /// What a program said and how it ended.
  package struct Outcome: Sendable, Hashable {
    /// Its standard output, without the newline at the end.
    package let output: [UInt8]
    package let status: ExitStatus
    /// The end of its standard error, when that is captured.
    package let error: String
  }

  /// Runs a program from start to end: gives it `input`, closes its input, and takes its output, at most `limit` bytes.
  ///
  /// On every other way out, cancellation included, the program and its process group are killed and reaped.
  /// - Throws: `IOError` `.tooLarge` when it says more.
  package static func run(
    _ configuration: Configuration, input: [UInt8], outputLimit limit: Int
  ) async throws(IOError) -> Outcome {
    var configuration = configuration
    configuration.limits.line = limit
    configuration.limits.unread = limit
    let child = try await start(configuration)
    do throws(IOError) {
      let output = try await child.converse(input, limit, configuration.command)
      guard let status = await child.exit() else {
        throw IOError(.cancelled, "waiting for \(configuration.command) was given up")
      }
      return Outcome(output: output, status: status, error: child.capturedError)
    } catch {
      await child.stop(.none)
      throw error
    }
  }

  private func converse(_ input: [UInt8], _ limit: Int, _ name: String) async throws(IOError) -> [UInt8] {
    // A program that answers without reading closes its input, which is fine.
    try? await send(input)
    closeInput()
    var output: [UInt8] = []
    while let lines = try await nextLines() {
      for line in lines {
        if !output.isEmpty { output.append(UInt8(ascii: "\n")) }
        output += line
      }
      guard output.count <= limit else { throw IOError(.tooLarge, "\(name) says more than \(limit) bytes") }
    }
    return output
  }
}
