// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPRedis
import Synchronization
import TestSupport

extension RedisServer {
  /// A client of this server, with time enough for a slow machine.
  func client(_ change: (inout RedisConfiguration) -> Void = { _ in }) throws -> RedisClient {
    try RedisClient(configuration(change))
  }

  func configuration(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisConfiguration {
    var configuration = RedisConfiguration(.single(endpoint))
    configuration.limits.commandTime = .seconds(20)
    configuration.limits.connectTime = .seconds(20)
    configuration.limits.patience = .seconds(20)
    configuration.limits.silence = .seconds(20)
    change(&configuration)
    return configuration
  }

  var endpoint: StreamEndpoint { .host("127.0.0.1", port: port) }
}

/// Waits for what comes to be so by itself; false when it has not within half a minute.
func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(30)
  while try await !isSo() {
    guard ContinuousClock.now < end else { return false }
    try await Task.sleep(for: .milliseconds(10))
  }
  return true
}

/// What `body` throws; nil when it throws nothing.
func fault<Value>(_ body: () async throws(RedisError) -> Value) async -> RedisError? {
  do throws(RedisError) {
    _ = try await body()
    return nil
  } catch {
    return error
  }
}

/// A time that passes when told.
final class PassingTime: Sendable {
  private let start = ContinuousClock.now
  private let time = Mutex(Duration.zero)
  /// How much has passed besides what has really.
  var passed: Duration { time.withLock { $0 } }
  var now: ContinuousClock.Instant { start + passed }
  func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

/// What a test cannot go on with.
struct Unexpected: Error {
  let what: String
  init(_ what: String) { self.what = what }
}
