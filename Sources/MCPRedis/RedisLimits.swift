// SPDX-License-Identifier: Apache-2.0

/// What Redis may cost, at most, and how long it is waited for.
package struct RedisLimits: Sendable {
  /// How long the answer to a command may take, from when it was asked, by default. Default 2 s.
  package var commandTime: Duration = .seconds(2)
  /// How long connecting may take: look-up, TLS and login. Default 2 s.
  package var connectTime: Duration = .seconds(2)
  /// For how long commands wait for a connection that was lost; then they fail at once until there is one again. Default 1 s.
  package var patience: Duration = .seconds(1)
  /// After how long without a word from a server that owes an answer its connection is given up, unless that answer may take
  /// longer. Default 4 s.
  package var silence: Duration = .seconds(4)
  /// The first pause between two attempts to connect; each is up to twice the one before. Default 20 ms.
  package var leastPause: Duration = .milliseconds(20)
  /// The longest pause between two attempts to connect. Default 1 s.
  package var longestPause: Duration = .seconds(1)
  /// How often a subscription asks whether the server is still there. Default 5 s.
  package var pingTime: Duration = .seconds(5)
  /// Commands of one connection that may wait to be sent or answered. Default 10 000.
  package var queuedCommands = 10_000
  /// The same in bytes. Default 16 MiB.
  package var queuedBytes = 16 << 20
  /// The longest reply in bytes. Default 64 MiB.
  package var replyBytes = 64 << 20
  /// The longest array of a reply. Default 1 048 576.
  package var replyElements = 1 << 20
  /// Messages that may wait for whoever reads a subscription; what comes beyond is lost, which is told. Default 1 024.
  package var queuedMessages = 1_024
  /// How often a command is sent elsewhere because a cluster has moved its key. Default 5.
  package var redirections = 5

  /// Makes limits with the defaults.
  package init() {}
}
