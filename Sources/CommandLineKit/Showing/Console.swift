// SPDX-License-Identifier: Apache-2.0

/// Everything a command touches of the outside: streams, environment and files. Passed in, so tests pass their own.
package struct Console: Sendable {
  /// Results.
  package let output: OutputStream
  /// Everything else.
  package let error: OutputStream
  /// Standard input.
  package let input: InputStream
  /// Looks an environment variable up.
  package let environment: @Sendable (String) -> String?
  /// Reads a whole file of at most so many bytes.
  package let readFile: @Sendable (_ path: String, _ limit: Int) throws(FileFault) -> [UInt8]
  /// Writes a whole file, replacing what was there.
  package let writeFile: @Sendable (_ path: String, _ bytes: [UInt8]) throws(FileFault) -> Void

  package init(
    output: OutputStream, error: OutputStream, input: InputStream,
    environment: @escaping @Sendable (String) -> String?,
    readFile: @escaping @Sendable (String, Int) throws(FileFault) -> [UInt8],
    writeFile: @escaping @Sendable (String, [UInt8]) throws(FileFault) -> Void
  ) {
    (self.output, self.error, self.input) = (output, error, input)
    (self.environment, self.readFile, self.writeFile) = (environment, readFile, writeFile)
  }
}

/// Standard input, read to its end at most once.
package struct InputStream: Sendable {
  /// Whether a person would have to type it.
  package let isTerminal: Bool
  /// Whether what is there is no input of a command: it holds the commands themselves.
  package let isTaken: Bool
  private let readAll: @Sendable (_ limit: Int) throws(FileFault) -> [UInt8]
  private let readLine: @Sendable (_ isHidden: Bool) async throws(CancellationError) -> String?

  package init(
    isTerminal: Bool, isTaken: Bool = false, readAll: @escaping @Sendable (Int) throws(FileFault) -> [UInt8],
    readLine: @escaping @Sendable (Bool) async throws(CancellationError) -> String? = { _ in nil }
  ) {
    (self.isTerminal, self.isTaken, self.readAll, self.readLine) = (isTerminal, isTaken, readAll, readLine)
  }

  /// Everything up to the end; throws when it is longer than `limit` bytes.
  package func readToEnd(limit: Int) throws(FileFault) -> [UInt8] { try readAll(limit) }

  /// The next line a person types, without its end; nil when they end the input, and where nobody can type.
  ///
  /// - Parameter isHidden: Whether the terminal keeps what is typed to itself.
  package func line(isHidden: Bool = false) async throws(CancellationError) -> String? {
    isTerminal ? try await readLine(isHidden) : nil
  }
}

/// A file that could not be read or written, and why.
package struct FileFault: Error, Sendable, CustomStringConvertible {
  package let path: String
  package let reason: String
  /// Whether the file is simply not there.
  package let isMissing: Bool

  package init(path: String, reason: String, isMissing: Bool = false) {
    (self.path, self.reason, self.isMissing) = (path, reason, isMissing)
  }
  package var description: String { "\(path): \(reason)" }
}
