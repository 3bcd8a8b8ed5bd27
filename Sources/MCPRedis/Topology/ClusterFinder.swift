// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// A server of a cluster for a connection of its own: the one that has a key, or any.
final class ClusterFinder: EndpointFinder {
  private let map: ClusterMap
  private let slot: Int?
  private let turn = Atomic<Int>(0)

  init(_ map: ClusterMap, slot: Int?) {
    self.map = map
    self.slot = slot
  }

  var place: String { "the cluster of \(map.sources.first.map(\.description) ?? "nobody")" }
  var followsMaster: Bool { false }

  func find(on loop: EventLoop, _ done: @escaping (Result<StreamEndpoint, RedisError>) -> Void) {
    if let slot, let master = map.master(of: slot) { return done(.success(master)) }
    let sources = map.sources
    guard !sources.isEmpty else { return done(.failure(RedisError(.unreachable, "no server of the cluster is known"))) }
    // Another one each time, for the last may be gone.
    let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    done(.success(sources[Int(UInt(bitPattern: number) % UInt(sources.count))]))
  }
}
