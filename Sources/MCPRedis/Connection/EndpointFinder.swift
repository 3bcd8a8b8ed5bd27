// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Knows which server a connection should lead to. It is asked before each attempt.
protocol EndpointFinder: Sendable {
  /// Calls `done` on the loop, which is also where it is called.
  func find(on loop: EventLoop, _ done: @escaping (Result<StreamEndpoint, RedisError>) -> Void)
  /// What is looked for, for errors and logs.
  var place: String { get }
  /// Whether a server that takes no writes is the wrong one.
  var followsMaster: Bool { get }
}

/// Always the same server.
struct FixedEndpoint: EndpointFinder {
  let endpoint: StreamEndpoint
  var place: String { "\(endpoint)" }
  var followsMaster: Bool { false }

  func find(on loop: EventLoop, _ done: @escaping (Result<StreamEndpoint, RedisError>) -> Void) {
    done(.success(endpoint))
  }
}
