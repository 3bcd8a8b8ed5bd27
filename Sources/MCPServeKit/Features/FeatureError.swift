// SPDX-License-Identifier: Apache-2.0

/// Why a tool, resource or prompt cannot be registered.
public struct FeatureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of fault. Open: new kinds may be added.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code for programs.
    public let rawValue: String
    /// Makes a code.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Another feature has the name already.
    public static let duplicate = Code(rawValue: "duplicate")
    /// The name is empty, too long, or has characters that are not allowed.
    public static let illegalName = Code(rawValue: "illegal_name")
    /// No feature has the name.
    public static let unknown = Code(rawValue: "unknown")
    /// A schema or a URI template cannot be read.
    public static let malformed = Code(rawValue: "malformed")
  }

  /// The kind of fault.
  public let code: Code
  /// Names the feature and the remedy.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
