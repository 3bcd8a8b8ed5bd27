// SPDX-License-Identifier: Apache-2.0
public import Observability

/// The protocol's log levels are the logger's own (RFC 5424).
extension Logger.Level {
  /// The level called `name` on the wire; nil when there is no such level.
  public init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }
}
