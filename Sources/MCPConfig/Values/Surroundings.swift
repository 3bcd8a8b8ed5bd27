// SPDX-License-Identifier: Apache-2.0

/// What a configuration refers to outside of itself, passed in so that a test can hold it.
package struct Surroundings: Sendable {
  /// Why a file could not be read.
  package struct ReadFault: Error {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
  }

  /// Looks an environment variable up.
  package let environment: @Sendable (String) -> String?
  /// Reads a whole file of at most so many bytes.
  package let readFile: @Sendable (String, Int) throws(ReadFault) -> [UInt8]
  /// Whether there is a file or folder.
  package let exists: @Sendable (String) -> Bool
  /// Whether a command can be started: a path, or a name looked up in PATH.
  package let isCommand: @Sendable (String) -> Bool

  package init(
    environment: @escaping @Sendable (String) -> String?,
    readFile: @escaping @Sendable (String, Int) throws(ReadFault) -> [UInt8],
    exists: @escaping @Sendable (String) -> Bool, isCommand: @escaping @Sendable (String) -> Bool
  ) {
    (self.environment, self.readFile, self.exists, self.isCommand) = (environment, readFile, exists, isCommand)
  }
}
