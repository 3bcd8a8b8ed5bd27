// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import MCPServeKit
import Observability

/// A server a command is going to talk to, with all that was said about how.
struct Connection: Sendable {
  let resolved: TargetResolver.Resolved
  private(set) var headers: [Target.Header]
  let environment: [String: String]
  let directory: String?
  let options: ConnectionOptions
  /// Whether what tools answer is held against what they promise.
  var checksOutput = true
  /// Answers what the server asks.
  var responder: (any Responder)?
  /// What the user is told asks; nil for what the server is reached at.
  var asker: String?
  /// Whether what the user is asked will be answered later, by another command.
  var answersLater = false
  /// Whether the user can be asked.
  private(set) var canAsk: Bool
  /// What it cannot answer.
  let missing: MissingAnswers
  let talk: Talk
  let console: Console
  /// Writes commands to copy that reach the same server.
  var followUp: FollowUp
  /// Sends spans where the environment says; nil when nobody wants them.
  let exporter: SpanExporter?

  /// Resolves the target; nothing is opened yet.
  init(
    _ options: ConnectionOptions, program: [String], _ answers: AnswerOptions, _ talk: TalkOptions, _ console: Console,
    listener: TalkListener? = nil, roots: OfferedRoots? = nil
  ) throws {
    resolved = try TargetResolver(environs: console.environs).resolve(
      server: options.server, program: program, http: options.transport.http)
    headers = try options.headers(console)
    environment = try options.environment()
    directory = options.cwd
    self.options = options
    followUp = FollowUp(options, program: program)
    let talk = Talk(
      talk, console, secrets: secrets(in: headers.map { ($0.name, $0.value) } + Array(environment)), listener: listener)
    self.talk = talk
    responder = try answers.responder(console, talk, roots: roots)
    asker = resolved.listing?.name
    canAsk = !answers.noInput && console.input.isTerminal && console.error.isTerminal
    missing = MissingAnswers(skills: responder?.skills ?? [], hasScript: answers.answer != nil)
    self.console = console
    exporter = try Tracing.exporter(console, logger: Logger(level: .warning) { talk.warn($0) })
    if case .program = resolved.target {
    } else if !environment.isEmpty || directory != nil {
      throw UsageError("--env and --cwd are for a server that is started, not for \(serverName)")
    }
    if case .url = resolved.target {
    } else if !headers.isEmpty || options.askpass {
      throw UsageError("--header and bearer tokens are for a URL, not for \(serverName)")
    } else if options.speaksOfTLS {
      throw UsageError("--cacert, --cert, --key and --insecure are for a URL, not for \(serverName)")
    }
  }

  /// What messages call the server.
  var serverName: String { resolved.name }

  /// Connects, runs `body`, and closes whatever happens. Ctrl-C and SIGTERM cancel it; the server is told.
  func run(_ body: @escaping @Sendable (Scene) async throws -> ExitCode) async throws -> ExitCode {
    let prepared = try await prepared()
    talk.announce(resolved)
    return try await prepared.exporting { connection in
      try await interruptible { try await connection.converse(body) }
    }
  }

  /// The same for who minds the signals, and says itself which server it is.
  func stay(_ body: @escaping @Sendable (Scene) async throws -> ExitCode) async throws -> ExitCode {
    try await prepared().exporting { try await $0.converse(body) }
  }

  /// With the consent it needs, and the token that is asked for.
  func prepared() async throws -> Connection {
    try await Consent(console: console).obtain(for: resolved.listing)
    var connection = self
    if let header = try await options.askedHeader(for: serverName, console) {
      connection.headers.append(header)
      talk.hide(String(header.value.dropFirst("Bearer ".count)))
    }
    return connection
  }

  /// The same where nobody can be asked anything.
  var unattended: Connection {
    var other = self
    (other.responder, other.canAsk) = (nil, false)
    return other
  }

  /// Runs `body`, and then waits until the spans are sent.
  private func exporting(_ body: (Connection) async throws -> ExitCode) async throws -> ExitCode {
    do {
      let code = try await body(self)
      await exporter?.close(within: .seconds(2))
      return code
    } catch {
      await exporter?.close(within: .seconds(2))
      throw error
    }
  }

  private func converse(_ body: @escaping @Sendable (Scene) async throws -> ExitCode) async throws -> ExitCode {
    let authorizer = authorizer()
    do {
      guard let serverTarget else { return try await runBuiltin(body) }
      return try await run(serverTarget, authorizer, body)
    } catch let error as ClientError {
      throw reminding(failure(error, authorizer))
    } catch let error as Failure {
      throw reminding(error)
    }
  }

  /// The failure with the server named that was chosen by something the caller may have forgotten.
  private func reminding(_ failure: Failure) -> Failure {
    guard let reminder = resolved.reminder, talk.listener == nil else { return failure }
    var failure = failure
    failure.details.append(reminder)
    failure.facts["chosenBy"] = resolved.chooser.map(JSON.string)
    return failure
  }

  /// Where the client connects to; nil for the built-in server, which is in this process.
  var serverTarget: ServerTarget? {
    switch resolved.target {
    case .builtin: nil
    case .program(let command, let arguments, let variables, let folder):
      .stdio(command, arguments, environment: variables.merging(environment) { $1 }, directory: directory ?? folder)
    case .url(let url, let http, _): .http(url, transport: http.transport)
    }
  }

  func failure(
    _ error: ClientError, _ authorizer: Authorizer?, refused: Set<ServerQuestion.Kind> = []
  ) -> Failure {
    let hint =
      missing.hint(after: error, refused: refused) ?? self.hint(afterRefusal: error, authorizer)
      ?? hint(afterEnd: error) ?? hint(afterPath: error)
    var failure = Failure(error, server: serverName, missing: hint)
    // Where something else than the caller has chosen the server, the line about that has the command.
    if let commandLine, resolved.reminder == nil, Self.endsOfPrograms.contains(error.code) {
      failure.details.append("the command was: \(commandLine)")
    }
    return failure
  }

  /// The errors that may come of how a program is started.
  private static let endsOfPrograms: [ClientError.Code] = [.disconnected, .unreachable, .timeout]

  /// The words a server is started with, where they are more than its name; without secrets, and not too many.
  private var commandLine: String? {
    guard case .program(let command, let arguments, _, _) = resolved.target, !arguments.isEmpty else { return nil }
    let line = withoutSecrets([command] + arguments).map(shellWord).joined(separator: " ")
    return line.count > 300 ? line.prefix(299) + "…" : line
  }

  /// What to try after a program has ended that was to be a server.
  private func hint(afterEnd error: ClientError) -> String? {
    guard case .program = resolved.target, error.code == .disconnected, talk.listener == nil else { return nil }
    return "`\(followUp("doctor"))` looks at it step by step"
  }

  /// The built-in server in this process, spoken to like any other over a channel in memory.
  private func runBuiltin(_ body: @escaping @Sendable (Scene) async throws -> ExitCode) async throws -> ExitCode {
    let (near, far) = MemoryChannel.pair()
    let service = Service(
      try BuiltinServer.make(version: Version.number), instruments: Instruments(tracer: exporter?.tracer()))
    // No child task, because Ctrl-C must cancel the client alone: the server has to live on to hear of it.
    let serving = Task { try await ChannelEndpoint(service, on: far).run() }
    do {
      let code = try await run(.channel(near, name: "builtin"), nil, body)
      try await serving.value
      return code
    } catch {
      await near.close()
      _ = await serving.result
      throw error
    }
  }

  private func run(
    _ target: ServerTarget, _ authorizer: Authorizer?, _ body: @Sendable (Scene) async throws -> ExitCode
  ) async throws -> ExitCode {
    let waterfall = talk.verbosity > 0 && talk.listener == nil ? Waterfall() : nil
    // Also where connecting fails: then it tells how far it came.
    defer { if let waterfall { for line in waterfall.lines { talk.say(line) } } }
    let start = ContinuousClock.now
    let client = try await connect(to: target, authorizer, timing: waterfall)
    return try await client.closing {
      let negotiated = client.negotiated
      let opened = ContinuousClock.now
      if talk.verbosity >= 1, negotiated.capabilities.contains("logging") {
        try await client.setLogLevel(talk.verbosity >= 2 ? .debug : .info)
      }
      if let trace = client.options.traceContext["traceparent"].flatMap(SpanContext.init(traceparent:))?.trace {
        talk.say("trace \(trace.text)")
      }
      talk.say("\(negotiated.spoken), agreed on in \((opened - start).brief)")
      defer {
        talk.endProgress()
        talk.say("done in \((ContinuousClock.now - opened).brief)")
      }
      let explain: @Sendable (ClientError) -> Failure = { error in
        failure(error, authorizer, refused: client.refusedQuestions)
      }
      var scene = Scene(
        client: client, console: console, talk: talk, missing: missing, failure: explain, connection: self)
      (scene.followUp, scene.reminder) = (followUp, resolved.reminder)
      if talk.verbosity >= 0 { scene.progress = { [talk] in talk.progress($0) } }
      do {
        return try await body(scene)
      } catch let error as ClientError {
        throw explain(error)
      }
    }
  }

  /// Connects, by the handshake at once where nothing else was understood lately.
  private func connect(
    to target: ServerTarget, _ authorizer: Authorizer?, timing waterfall: Waterfall?
  ) async throws -> Client {
    var options = clientOptions
    options.authorizer = authorizer
    if let waterfall { options.onTiming = { waterfall.add($0) } }
    guard options.protocolChoice == .automatic, let name = remembered, let memory = EraMemory(console) else {
      return try await Client.connect(to: target, options: options)
    }
    if memory.isLegacy(name) {
      var legacy = options
      legacy.protocolChoice = .legacy
      do throws(ClientError) {
        return try await Client.connect(to: target, options: legacy)
      } catch {
        if error.code == .unauthorized { throw error }  // which says nothing about eras
        talk.say("\(error.message); forgetting that only the handshake was understood")
        memory.remember(name, isLegacy: false)
        if error.code == .timeout { throw error }  // its time is over
      }
    }
    let client = try await Client.connect(to: target, options: options)
    memory.remember(name, isLegacy: client.negotiated.era == .legacy)
    return client
  }

  /// What the server is remembered by; nil for the one in this process.
  private var remembered: String? {
    switch resolved.target {
    case .builtin: nil
    case .program(let command, let arguments, _, let folder):
      ([directory ?? folder ?? "", command] + arguments).joined(separator: "\0")
    case .url(let url, let http, _): "\(http.rawValue)\0\(url)"
    }
  }
}

/// What must not be shown of headers and variables: their values, and the tokens behind a scheme such as Bearer.
private func secrets(in settings: [(String, String)]) -> [String] {
  settings.filter { Redaction.isSecret($0.0) }.flatMap {
    [$0.1] + $0.1.split(separator: " ").dropFirst().map(String.init)
  }
}

extension Target.HTTP {
  fileprivate var transport: ServerTarget.HTTPTransport {
    switch self {
    case .automatic: .automatic
    case .streamable: .streamable
    case .sse: .sse
    }
  }
}
