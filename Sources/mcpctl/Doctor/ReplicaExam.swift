// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO
import JSONKit
import MCPClientKit
import MCPCore

/// Asks what is behind a URL again and again, each time on a connection of its own: who answers, and whether what one of them
/// opened the others know.
struct ReplicaExam {
  /// How often each address is asked.
  static let asks = 8
  /// How many addresses are asked.
  static let mostAddresses = 16

  let connection: Connection
  let url: String
  let place: URLPlace
  /// Those of the host; empty where a proxy finds them.
  let addresses: [SocketAddress]
  /// Whether the user named them, so that each is meant.
  var areNamed = false

  /// What went wrong at one address.
  private struct Fault {
    let place: String
    let count: Int
    let message: String
    /// Whether nobody takes connections there.
    let isAbsence: Bool
  }

  /// Who answered, and whether a session is known to all of them.
  func findings() async throws -> [Examined] {
    let places: [SocketAddress?] = addresses.isEmpty ? [nil] : addresses.prefix(Self.mostAddresses).map { $0 }
    var answers: [Replica] = []
    var faults: [Fault] = []
    var reached: [SocketAddress?] = []
    for address in places {
      var refusals: [ClientError] = []
      let before = answers.count
      for round in 0..<Self.asks {
        do throws(ClientError) {
          answers.append(try await ask(address, round))
        } catch {
          if Task.isCancelled { throw CancellationError() }
          refusals.append(error)
          // Whoever is not there will not be there the next time, and whoever hangs twice goes on to.
          if answers.count == before || refusals.suffix(2).count(where: { $0.code == .timeout }) == 2 { break }
        }
      }
      if answers.count > before { reached.append(address) }
      guard let first = refusals.first else { continue }
      var absence: String?
      if answers.count == before, first.code == .unreachable, let address { absence = await self.absence(at: address) }
      if Task.isCancelled { throw CancellationError() }
      faults.append(
        Fault(
          place: address?.host ?? place.host, count: refusals.count, message: absence ?? named(first.message, address),
          isAbsence: absence != nil))
    }
    let who = judged(answers, faults)
    guard let first = reached.first else {
      return [who, Examined("sessions", .skipped, "nobody answers")]
    }
    guard !answers.contains(where: \.isOlder) else {
      return [who, Examined("sessions", .skipped, "those of HTTP+SSE live and end with one connection")]
    }
    let exam = SessionExam(
      exam: self, places: reached, nodes: Set(answers.compactMap(\.node)),
      hasSpeaker: answers.contains(where: \.isSpeaker))
    return [who, try await exam.finding(openedAt: first)]
  }

  /// What a client needs for a connection of its own to one address.
  func options(_ address: SocketAddress?) -> ClientOptions {
    var options = connection.clientOptions
    options.authorizer = connection.authorizer()
    options.retries = 0
    // Each address is asked several times: one that hangs must not take minutes.
    options.timeouts.idle = min(options.timeouts.idle, .seconds(10))
    options.timeouts.opening = min(options.timeouts.opening, .seconds(10))
    options.http.resolve = resolve(address)
    return options
  }

  /// The entry that has curl take an address for the host; none where the host is an address itself.
  private func resolve(_ address: SocketAddress?) -> [String] {
    guard let address, address.host != place.host else { return [] }
    let host = address.host.contains(":") ? "[\(address.host)]" : address.host
    return ["\(place.host):\(place.port):\(host)"]
  }

  /// Why nobody takes connections at an address; nil when somebody does.
  private func absence(at address: SocketAddress) async -> String? {
    let limit = connection.clientOptions.timeouts.connect
    do throws(IOError) {
      _ = try await Reach.connect(to: address.host, port: address.port, tls: nil, within: limit)
      return nil
    } catch {
      return error.messageWithoutQuestion
    }
  }

  /// A message with the address that was asked in place of the name, which stands for several.
  private func named(_ message: String, _ address: SocketAddress?) -> String {
    let host = place.host.contains(":") ? "[\(place.host)]" : place.host
    let name = "\(host):\(place.port)"
    guard let address, message.hasPrefix(name) else { return message }
    return "\(address)\(message.dropFirst(name.count))"
  }

  /// - Parameter round: how often it was asked before.
  private func ask(_ address: SocketAddress?, _ round: Int) async throws(ClientError) -> Replica {
    let watch = Replica.Watch()
    var options = options(address)
    let trace = options.onTrace
    options.onTrace = { event in
      watch.see(event)
      trace?(event)
    }
    guard let target = connection.serverTarget else { throw ClientError(.closed, "there is no URL to ask") }
    let client: Client
    do throws(ClientError) {
      client = try await Client.connect(to: target, options: options)
    } catch {
      // It did answer: what it opened went on at another, which the other finding tells.
      guard error.code == .sessionLost else { throw error }
      return Replica(address: address?.host, node: watch.node)
    }
    var found = Replica(address: address?.host, node: watch.node)
    do throws(ClientError) {
      try await look(at: &found, through: client, round)
    } catch {
      await client.close()
      throw error
    }
    await client.close()
    found.program = client.negotiated.server.map { "\($0.name) \($0.version)" }
    found.isOlder = client.negotiated.transport == .sse
    return found
  }

  /// Finds out who it is that answers.
  private func look(at found: inout Replica, through client: Client, _ round: Int) async throws(ClientError) {
    if found.node == nil {
      let tools = try await answered { () async throws(ClientError) in try await client.list(.tools) }?["tools"]?.array
      found.isSpeaker = tools?.contains(where: Replica.isSpeaker) ?? false
    }
    // A balancer that takes its servers in turn would have each visit begin at the same one, if each had as many requests.
    if round % 2 == 1 { _ = try await answered { () async throws(ClientError) in try await client.ping() } }
    guard found.isSpeaker else { return }
    let result = try await answered { () async throws(ClientError) in
      try await client.callTool(Replica.speaker, Replica.arguments)
    }
    if let result { found.node = Replica.node(in: .object(result.json)) }
  }

  /// What a request is answered with; nil where it is refused, or the session is another's, which the other finding tells.
  private func answered<Answer>(_ ask: () async throws(ClientError) -> Answer) async throws(ClientError) -> Answer? {
    do throws(ClientError) {
      return try await ask()
    } catch {
      guard error.code == .rpc || error.code == .sessionLost else { throw error }
      return nil
    }
  }

  // MARK: The verdict

  private func judged(_ answers: [Replica], _ faults: [Fault]) -> Examined {
    let several = Set(answers.compactMap(\.address)).count > 1
    let names = answers.map { $0.node ?? (several ? "a server at \($0.address ?? "?")" : "a server without a name") }
    let tally = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
    let asked = answers.count + faults.map(\.count).reduce(0, +)
    var detail = tally.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    detail = "of \(counted(asked, "connection")): " + (detail.isEmpty ? "none was answered" : detail)
    var finding: Examined
    if addresses.count > Self.mostAddresses {
      detail += "; of \(addresses.count) addresses the first \(Self.mostAddresses) were asked"
    }
    if !faults.isEmpty {
      let text = faults.map { "\($0.place) failed \($0.count)x: \($0.message)" }.joined(separator: "; ")
      // Most servers of this machine listen on one of the two addresses of localhost, and clients try the other.
      let isUsual =
        !areNamed && !addresses.isEmpty && addresses.allSatisfy(\.isLoopback) && !answers.isEmpty
        && faults.allSatisfy(\.isAbsence)
      finding = Examined(
        "replicas", isUsual ? .warning : .wrong, "\(detail); \(text)",
        hint: isUsual
          ? "most servers of this machine listen on one address alone, and clients try the next"
          : "start what is missing, or take it out of what the name stands for")
    } else if let programs = Self.different(answers) {
      finding = Examined(
        "replicas", .warning, "\(detail); they are not the same: \(programs)", hint: "run one version on all of them")
    } else if answers.contains(where: { $0.node == nil }) {
      finding = Examined(
        "replicas", .ok, detail,
        hint: "`mcpctl serve --node-name NAME` says who answers, and so does a balancer that adds X-Served-By")
    } else {
      finding = Examined(
        "replicas", .ok, tally.count == 1 ? "\(detail), so one server, or one for each client" : detail)
    }
    finding.facts["answers"] = .array(answers.map(\.json))
    return finding
  }

  private static func different(_ answers: [Replica]) -> String? {
    let programs = Set(answers.compactMap(\.program)).sorted()
    return programs.count > 1 ? programs.joined(separator: ", ") : nil
  }
}
