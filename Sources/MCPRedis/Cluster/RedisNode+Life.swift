// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import MCPServeKit
import Observability
import Synchronization

/// Why a server cannot be one of several.
package struct ClusterError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String
}

// MARK: - The name

extension RedisNode {
  /// Takes the name. One that a server had which is gone is free when its time is up, which is waited for.
  /// - Throws: `ClusterError` when somebody has the name and lives.
  package func join() async throws {
    var silentSince: Int?
    var asked = ContinuousClock.now
    let end = ContinuousClock.now + options.lease + .seconds(2)
    while true {
      asked = .now
      let answer = try await client.run(
        ClusterScripts.renew, keys: [keys.instance(node)],
        [.text(bootID), .int(options.lease.milliseconds)] + fields)
      guard let parts = answer.array, parts.count == 2, let outcome = parts[0].int, let time = parts[1].int else {
        throw RedisError(.malformed, "the answer of Redis about the name of this server is none")
      }
      if outcome != 0 { break }
      if silentSince == nil {
        logger.info("the name of this server was another's until just now: waiting", [("node", node)])
      }
      guard time == silentSince ?? time, ContinuousClock.now < end else {
        throw ClusterError(
          description:
            "another server is called '\(node)' and lives: give each a name of its own, with --node-name or NODE_NAME")
      }
      silentSince = time
      try await Task.sleep(for: options.beat / 10)
    }
    try await list()
    let inbox = keys.inbox(node)
    _ = try await client.send([
      RedisCommand("DEL", .key(inbox)), RedisCommand("XADD", .key(inbox), "*", "m", "{}"),
      RedisCommand("EXPIRE", .key(inbox), 3600),
    ])
    // What a server of this name has left.
    try await bury(requestsOf: node, except: bootID)
    try await state.withLock { $0.hooks }.isGone(node, bootID)
    try await noteGeneration()
    noteHeld(since: asked)
  }

  private func list() async throws {
    let now = try await client.time()
    _ = try await client.send(RedisCommand("ZADD", .key(keys.instances), .int(now), .text(node)).repeatable)
  }

  /// Says that it lives. False when another has its name.
  func beat() async throws -> Bool {
    let asked = ContinuousClock.now
    // What is missing is there again before others may take what is there for all there is.
    if try await isForgotten() { try await beginAnew() }
    let answer = try await client.run(
      ClusterScripts.renew, keys: [keys.instance(node)], [.text(bootID), .int(options.lease.milliseconds)] + fields)
    let outcome = answer.array?.first?.int
    guard outcome != 0 else {
      let hooks = state.withLock { state in
        state.isReplaced = true
        return state.hooks
      }
      hooks.isReplaced()
      return false
    }
    noteHeld(since: asked)
    try await list()
    _ = try await client.send(RedisCommand("EXPIRE", .key(keys.inbox(node)), 3600).repeatable)
    return true
  }

  /// The others have heard of this server. They wait for the whole lease before they take over; it stops before that.
  private func noteHeld(since asked: ContinuousClock.Instant) {
    let end = asked + options.lease * 2 / 3
    let hooks = state.withLock { state in
      (state.heldUntil, state.isReplaced) = (end, false)
      return state.hooks
    }
    hooks.isHeld(end)
  }

  /// Redis knew nothing of this server any more: it was away for too long, or Redis has lost what it knew.
  private func beginAnew() async throws {
    let isLost = try await hasLostAll()
    logger.warning(
      isLost ? "redis has lost what it knew" : "this server was silent for so long that others took it for dead",
      [("node", node)])
    _ = try await client.send(RedisCommand("XADD", .key(keys.inbox(node)), "MAXLEN", "~", 10_000, "*", "m", "{}"))
    // What others did meanwhile was not heard.
    guard isLost else {
      teller.yield(.missed)
      return
    }
    try await state.withLock { $0.hooks }.redisIsEmpty()
    try await noteGeneration()
  }

  private func isForgotten() async throws -> Bool {
    try await !lives(node)
  }

  /// Whether Redis has lost what it knew, this server included. One that only was away must not bring back what others have ended.
  package func hasLostAll() async throws -> Bool {
    guard try await isForgotten() else { return false }
    let known = state.withLock { $0.generation }
    let now = try await generation()
    return known == nil || now != known
  }

  private func generation() async throws -> String? {
    try await client.send(RedisCommand("HGET", .key(keys.meta), "clusterId")).string
  }

  private func noteGeneration() async throws {
    let generation = try await generation()
    state.withLock { $0.generation = generation }
  }

  /// Says so again and again; more often while Redis is away, to see when it is back.
  func keepAlive() async {
    var isTaken = false
    while true {
      let isDown = state.withLock { $0.downSince != nil }
      guard (try? await Task.sleep(for: isDown ? min(.milliseconds(500), options.beat) : options.beat)) != nil else {
        return
      }
      do {
        let isOurs = try await beat()
        if !isOurs, !isTaken { logger.error("another server has taken the name of this one", [("node", node)]) }
        isTaken = !isOurs
        noteRedis(answers: true)
      } catch {
        guard !Task.isCancelled else { return }
        noteRedis(answers: false, error)
      }
    }
  }

  private func noteRedis(answers: Bool, _ error: (any Error)? = nil) {
    let (wasDown, hooks) = state.withLock { state in
      defer { state.downSince = answers ? nil : state.downSince ?? .now }
      return (state.downSince != nil, state.hooks)
    }
    if wasDown != !answers {
      if answers {
        logger.info("redis answers again")
      } else {
        logger.error(
          "redis is away: sessions are served from memory for a while", [("error", error.map { "\($0)" } ?? "")])
      }
    }
    hooks.redisAnswers(answers)
  }
}

// MARK: - What arrives

extension RedisNode {
  /// Reads the letters to this server.
  func readInbox() async {
    let reader = client.reader(ofStream: keys.inbox(node))
    defer { reader.close() }
    var last = RedisStreamID.start
    while !Task.isCancelled {
      do {
        for letter in try await reader.entries(after: last, atMost: 256, waiting: .seconds(5)) {
          last = letter.id
          deliver(letter.fields["m"] ?? [])
        }
      } catch {
        guard !Task.isCancelled, (try? await Task.sleep(for: .milliseconds(200))) != nil else { return }
      }
    }
  }

  /// Hears the cues.
  func hear() async {
    while !Task.isCancelled {
      do {
        for try await news in client.subscribe(to: RedisChannels([keys.bus])) {
          switch news {
          case .listening: break
          case .gap: teller.yield(.missed)
          case .message(let message): deliver(message.payload)
          }
        }
      } catch {
        logger.error("cues of other servers are not heard", [("error", "\(error)")])
      }
      guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
    }
  }

  private func deliver(_ text: [UInt8]) {
    guard let json = try? JSON(parsing: text), json["from"]?.string != node else { return }
    if json["kind"]?.string == InboxLetter.drain { return state.withLock { $0.hooks }.drainIsWanted() }
    if json["kind"] == "task_changed" { return tellOfTask(json["task"]?.string ?? "") }
    guard let message = ClusterMessage(json) else { return }
    teller.yield(message)
  }

  /// What is told is how the task is now; what is told while it is looked up comes along.
  private func tellOfTask(_ id: String) {
    let hooks: Hooks? = state.withLock { state in
      guard state.changedTasks.count < 1_000, state.changedTasks.insert(id).inserted else { return nil }
      return state.hooks
    }
    guard let hooks else { return }
    // Nobody waits for it: it is over when Redis has answered.
    Task { [weak self] in
      self?.state.withLock { _ = $0.changedTasks.remove(id) }
      if let task = await hooks.task(id) { self?.teller.yield(.announced(.task(task))) }
    }
  }
}

// MARK: - The dead

extension RedisNode {
  /// Looks for servers that have died, and finishes what they have left unfinished.
  func reap() async {
    while (try? await Task.sleep(for: options.beat / 5)) != nil {
      do {
        let silent = try await client.time() - options.lease.milliseconds
        let names = try await client.send(
          RedisCommand("ZRANGEBYSCORE", .key(keys.instances), "-inf", .int(silent))
        ).strings
        for name in names ?? [] where name != node { try await reap(name) }
      } catch {
        // It is tried again; that Redis is away is said elsewhere.
        logger.debug("not looked for dead servers", [("error", "\(error)")])
      }
    }
  }

  private func reap(_ name: String) async throws {
    guard try await !lives(name) else { return }
    let lock = try await client.send(RedisCommand("SET", .key(keys.reaper), .text(node), "NX", "EX", 5))
    guard !lock.isNull else { return }
    logger.warning("a server is gone", [("node", name)])
    try await bury(requestsOf: name, except: "")
    try await state.withLock { $0.hooks }.isGone(name, "")
    try await forget(name)
    _ = try await client.send(RedisCommand("DEL", .key(keys.reaper)).repeatable)
  }

  private func lives(_ name: String) async throws -> Bool {
    try await client.send(RedisCommand("EXISTS", .key(keys.instance(name)))).int != 0
  }

  /// Takes a server off the list of those that live, unless somebody has its name by now.
  func forget(_ name: String) async throws {
    guard try await !lives(name) else { return }
    _ = try await client.send([
      RedisCommand("DEL", .key(keys.inbox(name))).repeatable,
      RedisCommand("ZREM", .key(keys.instances), .text(name)).repeatable,
    ])
  }

  /// Ends the streams of requests that a server has not answered and will not.
  /// - Parameter boot: who has its name now, whose requests are not meant.
  func bury(requestsOf name: String, except boot: String) async throws {
    var count = 0
    for try await found in client.scan(matching: keys.requests.escaped + "*", type: "hash") {
      for key in found where try await bury(key, of: name, except: boot) { count += 1 }
    }
    if count > 0 {
      logger.warning("requests of a server that is gone were ended", [("node", name), ("count", "\(count)")])
    }
  }

  private func bury(_ key: String, of name: String, except boot: String) async throws -> Bool {
    let parts = key.dropFirst(keys.requests.count).split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { return false }
    let session = Session.ID(rawValue: parts[0].trimming("{", "}"))
    let known = try await client.send(RedisCommand("HMGET", .key(key), "id", "node", "bootId")).array ?? []
    guard known.count == 3, known[1].string == name, let text = known[0].bytes,
      let id = (try? JSON(parsing: text)).flatMap(RequestID.init(json:))
    else { return false }
    // Who has the name by now answers its own requests.
    let living = try await client.send(RedisCommand("HGET", .key(keys.instance(name)), "bootId")).string
    guard living == nil || living != known[2].string else { return false }
    let message = Response(id: id, outcome: .failure(.nodeLost("answered this request"))).json.utf8
    let buried = try await client.run(
      ClusterScripts.bury, keys: [key, keys.events(session), keys.streams(session)],
      [.text(name), .text(boot), .bytes(message), .int(Duration.seconds(120).milliseconds)])
    guard let parts = buried.strings, parts.count == 2 else { return false }
    await ring(parts[1], session, parts[0])
    return true
  }

  /// Tells the server that sends a stream that there is something to send.
  func ring(_ holder: String, _ session: Session.ID, _ stream: String) async {
    guard !holder.isEmpty else { return }
    if holder == node {
      teller.yield(.rung(session, stream: stream))
      return
    }
    let bell = ClusterMessage.rung(session, stream: stream)
    do {
      _ = try await send(bell, to: holder)
    } catch {
      logger.warning("a server was not told of an event yet", [("node", holder), ("error", "\(error)")])
      // Nobody waits for it: the event is kept, and that server looks by itself before long.
      Task { [weak self] in
        for _ in 0..<10 where (try? await Task.sleep(for: .seconds(1))) != nil {
          if (try? await self?.send(bell, to: holder)) != nil { return }
        }
      }
    }
  }
}

extension Substring {
  fileprivate func trimming(_ first: Character, _ last: Character) -> String {
    var text = self
    if text.first == first, text.last == last { text = text.dropFirst().dropLast() }
    return String(text)
  }
}

extension RedisClient {
  /// What time it is in Redis, in milliseconds since 1970.
  func time() async throws(RedisError) -> Int {
    guard let time = try await send(RedisCommand("TIME")).array, time.count == 2, let seconds = time[0].int,
      let microseconds = time[1].int
    else {
      throw RedisError(.malformed, "the answer of Redis to TIME is none")
    }
    return seconds * 1000 + microseconds / 1000
  }
}

extension RPCError {
  /// What a server had to do is not done by anybody, because it is gone.
  /// - Parameter work: what it did, such as `answered this request`.
  static func nodeLost(_ work: String) -> RPCError {
    RPCError(
      Code(rawValue: -32000), "the server that \(work) is gone: whether it was done is not known",
      data: ["reason": "node_lost", "outcome": "unknown"])
  }
}
