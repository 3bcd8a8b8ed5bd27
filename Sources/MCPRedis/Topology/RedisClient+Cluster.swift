// SPDX-License-Identifier: Apache-2.0
import EventIO
import Synchronization

/// How the servers of a cluster are asked: each for the keys it has.
extension RedisClient {
  /// Asks one server of a cluster, whatever it says.
  func send(_ command: RedisCommand, to endpoint: StreamEndpoint) async throws(RedisError) -> RedisValue {
    let deadline = deadline(of: [command])
    let call = Call([command], deadline: deadline.instant, time: deadline.time)
    let answers = try await link(lane, to: endpoint).perform(call).get()
    if case .error(let text)? = answers.first { throw .server(text, to: command, at: "\(endpoint)") }
    return answers.first ?? .null
  }

  /// The masters of a cluster; nil when there is none.
  func masters() async throws(RedisError) -> [StreamEndpoint]? {
    guard let map else { return nil }
    if map.isEmpty { try await refresh(map, lane, deadline(of: [])) }
    return map.masters
  }

  func performInCluster(
    _ commands: [RedisCommand], _ lane: Lane, _ deadline: Deadline
  ) async throws(RedisError) -> Answered {
    guard let map else { throw RedisError(.invalid, "there is no cluster") }
    let slot = commands.lazy.compactMap(\.key).first.map(HashSlot.slot)
    var target: StreamEndpoint?
    var isAsking = false
    var redirections = 0
    while true {
      if map.isEmpty || map.takeStaleness(at: .now) { try await refresh(map, lane, deadline) }
      guard let endpoint = target ?? slot.map({ map.master(of: $0) }) ?? map.masters.randomElement() else {
        guard let slot, await pause(before: deadline) else {
          throw RedisError(.unreachable, "no server of \(configuration.place) has the slot of this key")
        }
        // Any of them says who has it, if somebody has.
        map.moved(slot, to: map.masters.randomElement() ?? map.sources[0])
        continue
      }
      // It holds for one command.
      let sent = isAsking ? commands.flatMap { [RedisCommand("ASKING").repeatable, $0] } : commands
      let call = Call(sent, deadline: deadline.instant, time: deadline.time)
      let outcome = await link(lane, to: endpoint).perform(call)
      target = nil
      switch outcome {
      case .failure(let error):
        guard error.code == .unreachable || error.code == .connectionLost else { throw error }
        map.becameStale()
        isAsking = false
        let mayRepeat = error.code == .unreachable || call.isRepeatable
        guard mayRepeat, await pause(before: deadline) else { throw error }
      case .success(let all):
        let answers = isAsking ? stride(from: 1, to: all.count, by: 2).map { all[$0] } : all
        let redirection = redirection(of: answers, by: endpoint)
        guard let redirection, redirections < settings.limits.redirections || redirection == .later else {
          return Answered(answers: answers, place: "\(endpoint)")
        }
        isAsking = false
        switch redirection {
        case .moved(let slot, let owner):
          redirections += 1
          map.moved(slot, to: owner)
          target = owner
        case .ask(let other):
          redirections += 1
          (target, isAsking) = (other, true)
        case .later:
          map.becameStale()
          guard await pause(before: deadline) else { return Answered(answers: answers, place: "\(endpoint)") }
        }
      }
    }
  }

  /// Where to send all of it again; nil when something of it was done.
  private func redirection(of answers: [RedisValue], by endpoint: StreamEndpoint) -> Redirection? {
    var first: Redirection?
    for answer in answers {
      guard case .error(let text) = answer, let redirection = Redirection(text, by: endpoint) else { return nil }
      first = first ?? redirection
    }
    return first
  }

  /// False when the deadline would pass, or the caller is cancelled.
  private func pause(before deadline: Deadline) async -> Bool {
    let pause = Duration.milliseconds(Int.random(in: 25...75))
    guard ContinuousClock.now + pause < deadline.instant else { return false }
    do {
      try await Task.sleep(for: pause)
      return true
    } catch {
      return false
    }
  }

  private func refresh(_ map: ClusterMap, _ lane: Lane, _ deadline: Deadline) async throws(RedisError) {
    let command = RedisCommand("CLUSTER SLOTS")
    var fault: RedisError?
    for source in map.sources.prefix(8) {
      let call = Call([command], deadline: min(deadline.instant, .now + .seconds(1)), time: .seconds(1))
      do throws(RedisError) {
        let answer = try await link(lane, to: source).perform(call).get().first ?? .null
        if map.take(answer, from: source) { return forgetOthers(than: map) }
        if case .error(let text) = answer { fault = .server(text, to: command, at: "\(source)") }
      } catch {
        fault = error
      }
    }
    if map.isEmpty {
      throw fault ?? RedisError(.unreachable, "no server of \(configuration.place) knows which keys are where")
    }
  }

  private func link(_ lane: Lane, to endpoint: StreamEndpoint) -> RedisLink {
    lane.links.withLock { links in
      if let link = links[endpoint] { return link }
      let link = RedisLink(lane.loop, FixedEndpoint(endpoint: endpoint), settings)
      links[endpoint] = link
      if isClosed { link.close() }
      return link
    }
  }

  private func forgetOthers(than map: ClusterMap) {
    let known = Set(map.sources)
    for lane in lanes {
      let gone = lane.links.withLock { links in
        let gone = links.filter { !known.contains($0.key) }
        for endpoint in gone.keys { links[endpoint] = nil }
        return gone
      }
      for link in gone.values { link.close() }
    }
  }
}
