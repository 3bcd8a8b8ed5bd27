// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit
import MCPCore
import Synchronization

/// Goes the way to a server step by step. After a step that fails nothing is tried that needs it.
struct Checkup {
  /// A step has failed, and what failed is noted.
  struct Stop: Error {}

  let connection: Connection
  /// The addresses to look for replicas at, those of the name when there are none; nil when nobody wants to know.
  var replicas: [String]?
  let notes = CheckupNotes()

  /// All steps, in order; those that were not come to are `skipped`.
  func findings() async throws -> [Examined] {
    notes.add(Examined("target", .ok, connection.whoIsMeant))
    var steps: [String]
    switch connection.resolved.target {
    case .builtin: steps = ["discovery", "version", "capabilities", "answer", "call"]
    case .program: steps = ["command", "start", "discovery", "version", "capabilities", "answer", "stderr", "end"]
    case .url: steps = ["dns", "tcp", "tls", "http", "discovery", "auth", "version", "capabilities", "answer"]
    }
    if replicas != nil { steps += ["replicas", "sessions"] }
    do {
      switch connection.resolved.target {
      case .builtin: try await examineBuiltin()
      case .program(let command, _, _, _): try await examineProgram(command)
      case .url(let url, _, let headers): try await examineURL(url, headers)
      }
    } catch is Stop {
      if Task.isCancelled { throw CancellationError() }
    }
    return notes.findings(in: ["target"] + steps)
  }

  /// Notes that a step has failed; nothing goes on from there.
  func fail(_ check: String, _ detail: String, hint: String? = nil) -> Stop {
    notes.add(Examined(check, .wrong, detail, hint: hint))
    return Stop()
  }

  // MARK: The built-in server

  private func examineBuiltin() async throws {
    _ = try await connection.stay { scene in
      let negotiated = scene.client.negotiated
      notes.add(Examined("discovery", .ok, "the server in this process answers"))
      notes.add(Self.version(negotiated))
      try await examineFeatures(scene.client)
      let result = try await scene.client.callTool("calculator", ["a": 20, "b": 22])
      guard result.structuredContent?["result"] == 42 else { throw fail("call", "20 + 22 is not 42 here") }
      notes.add(Examined("call", .ok, "calculator knows that 20 + 22 is 42"))
      return .success
    }
  }

  // MARK: What every server is asked

  static func discovery(_ negotiated: Negotiated, since start: ContinuousClock.Instant) -> Examined {
    let who = negotiated.server.map { "\($0.name) \($0.version)" } ?? "it does not say who it is"
    return Examined("discovery", .ok, who, time: ContinuousClock.now - start)
  }

  static func version(_ negotiated: Negotiated) -> Examined {
    let spoken = negotiated.spoken
    if negotiated.transport == .sse {
      return Examined("version", .warning, "\(spoken): HTTP+SSE is deprecated, and goes with the next revisions")
    }
    let newest = Revision.latest
    return Examined(
      "version", .ok, negotiated.revision == newest ? "\(spoken), the newest" : "\(spoken); the newest is \(newest)")
  }

  /// Whether what the server says it has is there, and whether it answers in time.
  func examineFeatures(_ client: Client) async throws {
    notes.add(await FeatureExam(client).finding)
    let start = ContinuousClock.now
    do throws(ClientError) {
      try await client.ping()
      notes.add(Examined("answer", .ok, "a request is answered", time: ContinuousClock.now - start))
    } catch {
      throw fail("answer", error.message)
    }
  }
}

/// What was found so far.
final class CheckupNotes: Sendable {
  private let taken = Mutex<[Examined]>([])

  func add(_ finding: Examined) { taken.withLock { $0.append(finding) } }

  /// The findings in the order of `steps`.
  func findings(in steps: [String]) -> [Examined] {
    let taken = taken.withLock { $0 }
    return steps.map { step in
      taken.first { $0.check == step } ?? Examined(step, .skipped, "not come to")
    }
  }
}

extension Connection {
  /// Which server is examined, and who says so.
  fileprivate var whoIsMeant: String {
    let place: String
    switch resolved.target {
    case .builtin: place = "the built-in server, in this process"
    case .program(let command, let arguments, _, _):
      // Arguments may hold secrets.
      place = arguments.isEmpty ? command : "\(command) with \(counted(arguments.count, "argument"))"
    case .url(let url, _, _): place = HTTPURL.shown(url)
    }
    let isNamed = options.server != nil || isProgram
    let variable = isNamed || !resolved.isExplicit ? "" : ", named by MCPCTL_SERVER"
    if let listing = resolved.listing {
      let which = resolved.isExplicit ? listing.name : "\(listing.name), the current one"
      return "\(place): \(which) of \(listing.file)\(variable)"
    }
    return resolved.isExplicit
      ? place + variable : "\(place): --server and MCPCTL_SERVER name none, and none is current"
  }

  private var isProgram: Bool { if case .program = resolved.target { true } else { false } }
}
