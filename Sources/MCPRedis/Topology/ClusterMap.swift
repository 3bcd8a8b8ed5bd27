// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// Which server of a cluster has which keys, as far as is known.
final class ClusterMap: Sendable {
  private struct State {
    /// The first is a seed that has answered last.
    var seeds: [StreamEndpoint]
    var masters: [StreamEndpoint] = []
    /// For each slot the place of its master in `masters`; -1 where that is not known.
    var owners = [Int16](repeating: -1, count: HashSlot.count)
    var isStale = true
    var refreshed: ContinuousClock.Instant?
  }

  private let state: Mutex<State>

  init(seeds: [StreamEndpoint]) { state = Mutex(State(seeds: seeds)) }

  /// Who has the slot; nil when that is not known.
  func master(of slot: Int) -> StreamEndpoint? {
    state.withLock { state in
      let owner = state.owners[slot]
      return owner < 0 ? nil : state.masters[Int(owner)]
    }
  }

  /// All that have a slot.
  var masters: [StreamEndpoint] { state.withLock { $0.masters } }

  /// Who may be asked for the map, those first that are in it.
  var sources: [StreamEndpoint] {
    state.withLock { state in state.masters + state.seeds.filter { !state.masters.contains($0) } }
  }

  /// Whether the map should be read again; that is true once for each reason there was, and not too often.
  func takeStaleness(at now: ContinuousClock.Instant) -> Bool {
    state.withLock { state in
      guard state.isStale, state.refreshed.map({ $0.duration(to: now) > .milliseconds(100) }) ?? true else {
        return false
      }
      (state.isStale, state.refreshed) = (false, now)
      return true
    }
  }

  /// Whether nothing is known.
  var isEmpty: Bool { state.withLock { $0.masters.isEmpty } }

  func becameStale() { state.withLock { $0.isStale = true } }

  /// A slot has moved, and others with it, probably.
  func moved(_ slot: Int, to endpoint: StreamEndpoint) {
    state.withLock { state in
      state.isStale = true
      if let index = state.masters.firstIndex(of: endpoint) {
        state.owners[slot] = Int16(index)
      } else if state.masters.count < 1024 {
        state.masters.append(endpoint)
        state.owners[slot] = Int16(state.masters.count - 1)
      }
    }
  }

  /// Takes the answer to `CLUSTER SLOTS`; false when it is none.
  func take(_ answer: RedisValue, from source: StreamEndpoint) -> Bool {
    guard let ranges = answer.array, !ranges.isEmpty else { return false }
    var masters: [StreamEndpoint] = []
    var owners = [Int16](repeating: -1, count: HashSlot.count)
    for range in ranges {
      guard let parts = range.array, parts.count >= 3, let first = parts[0].int, let last = parts[1].int,
        let node = parts[2].array, node.count >= 2, let port = node[1].int.flatMap({ UInt16(exactly: $0) }),
        first >= 0, first <= last, last < HashSlot.count
      else { return false }
      var host = node[0].string ?? ""
      if host.isEmpty, case .host(let own, _) = source { host = own }
      let master = StreamEndpoint.host(host, port: port)
      let index = masters.firstIndex(of: master) ?? masters.count
      if index == masters.count { masters.append(master) }
      guard masters.count <= 1024 else { return false }
      for slot in first...last { owners[slot] = Int16(index) }
    }
    state.withLock { state in
      state.masters = masters
      state.owners = owners
      state.isStale = false
    }
    return true
  }
}
