// SPDX-License-Identifier: Apache-2.0

/// What one call of a tool that is a program may cost. A manifest may ask for less, not for more.
public struct ProgramLimits: Sendable, Hashable {
  /// How long it may take. Default 60 s.
  public var time: Duration
  /// How many bytes it may write to standard output. Default 8 MiB.
  public var output: Int
  /// How many seconds of processor time it, and each process it starts, may use. Default 60.
  public var processorSeconds: Int
  /// How many calls of one tool may be under way; further ones are refused. Default 16.
  public var calls: Int

  /// Makes limits; each has a default.
  public init(
    time: Duration = .seconds(60), output: Int = 8 << 20, processorSeconds: Int = 60, calls: Int = 16
  ) {
    self.time = time
    self.output = output
    self.processorSeconds = processorSeconds
    self.calls = calls
  }
}
