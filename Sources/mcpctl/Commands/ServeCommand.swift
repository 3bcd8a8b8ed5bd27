// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPConfig
import MCPServeKit
import Observability

/// `mcpctl serve`
struct ServeCommand: Command {
  static let info = CommandInfo(
    "serve", "Serve the built-in tools, resources and prompts.",
    discussion: [
      "Over stdio, whoever started the server is served until its input ends; standard output holds the protocol and "
        + "nothing else. Over HTTP, the address is printed on standard error once it is open.",
      "Every protocol revision is answered at the same address. SIGINT or SIGTERM stops politely: what is in flight is "
        + "answered first, for as long as --shutdown-timeout allows; a second signal stops at once.",
      "An option wins over its environment variable, that over the file of --config, and the file over the default. Over "
        + "HTTP, SIGHUP has the file read again, and the keys, certificates and tools it names; so has POST "
        + "/reload-config, for who has auth.admin_key. Tools, limits, who may call and the level of the log change while "
        + "the server runs; log and answer name what needs a new start. A file with errors changes nothing.",
    ],
    examples: [
      .init("mcpctl serve", "Serves over standard input and output."),
      .init("mcpctl serve --transport http-stream --port 8000", "Serves http://127.0.0.1:8000/mcp."),
      .init("mcpctl serve --transport sse --port 8000", "Serves clients of 2024-11-05 at http://127.0.0.1:8000/sse."),
      .init("mcpctl serve --transport http-stream --port 0", "Lets the system choose the port, and prints it."),
      .init("mcpctl serve --transport http-stream --auth-keys keys.txt --rate-limit 20/s", "Asks callers for a key."),
      .init("mcpctl serve --config config.yaml", "Takes all values from a file."),
      .init("mcpctl serve --config config.yaml --validate-config", "Says what is wrong with the file."),
    ], seeAlso: ["mcpctl-config 5"])

  @Option(
    "Take values from this file, YAML or JSON: see `mcpctl help configuration`.", value: "FILE",
    environment: [ConfigLoader.variable], completion: .file)
  var config: String?
  @Option(
    "Set a key of the configuration; --transport.port=80 is short for --set transport.port=80.", value: "KEY=VALUE")
  var set: [String]
  @Flag("Say what is wrong with the configuration, and serve nothing.") var validateConfig: Bool
  @Option("Transport to serve.", value: "TRANSPORT", environment: ["MCP_TRANSPORT_TYPE"])
  var transport = ServeTransport.stdio
  @Option("Address to listen on; 0.0.0.0 is all of IPv4.", value: "HOST", environment: ["MCP_HOST", "MCP_HTTP_HOST"])
  var host = "127.0.0.1"
  @Option(
    "Port to listen on; 0 lets the system choose.", value: "PORT",
    environment: ["MCP_PORT", "MCP_HTTP_PORT", "SERVER_PORT"])
  var port = PortNumber(8000)
  @Option("Path of the endpoint. Default /mcp, for sse /sse.", value: "PATH") var path: String?
  @Option("Threads that serve connections.", value: "N") var threads = 1
  @Option(
    "Directory of programs that are tools: see `mcpctl help tools`.", value: "DIR", completion: .directory)
  var tools: [String]
  @Group("Callers") var callers: CallerOptions
  @Group("Web") var edge: EdgeOptions
  @Group("TLS") var tls: TLSOptions
  @Group("Cluster") var cluster: ClusterOptions
  @Group("Limits") var limits: ServeLimitOptions
  @Group("Log") var log: LogOptions
  @Group("Watching") var observe: ObserveOptions
  @Flag("Print no address and no advice.", short: "q") var quiet: Bool
  /// The options above say how a server is told what to do; what it does is decided here, together with the environment
  /// and the file.
  let typed = TypedWords(dotted: "set")

  func check(given: Set<String>) throws(UsageError) {
    try tls.check(given: given)
  }

  func run(in console: Console) async throws -> ExitCode {
    let file = ConfigLoader.file(config, in: console)
    let loaded = try ConfigLoader.load(file, flags: typed.words, in: console)
    let settings = ServeSettings(loaded.config)
    let problems = (loaded.problems + settings.problems).sortedByPlace
    if validateConfig {
      let report = ProblemReport(file: file ?? "configuration", problems: problems)
      report.show(as: .text, on: console)
      return report.isValid ? .success : .negative
    }
    try refuse(problems, of: file, settings)
    try observe.check()
    let logger = try settings.logger(isDebugging: observe.debug, console)
    warn(of: problems, settings, logger, console)
    let exporter = try Tracing.exporter(console, endpoint: settings.collector, logger: logger)
    let membership = try await membership(settings, logger)
    let server = try settings.server(tasks: membership?.tasks)
    let service = Service(
      server, revisions: settings.revisions, limits: settings.limits, stateKeys: membership?.stateKeys ?? StateKeys(),
      authorization: try settings.authorization(logger: logger), logger: logger,
      instruments: try instruments(exporter, settings, console))
    membership?.follow(service)
    let target = Reloading.Target(
      service: service, server: server, folders: settings.folders(for: server.features),
      access: HTTPAccess(settings.http), adminKey: try AdminKey(settings.adminKey), identity: try settings.identity(),
      logger: logger, isDebugging: observe.debug)
    await target.loadFolders(settings)
    let reloading = Reloading(console, file: file, flags: typed.words, from: loaded.config, target)
    let offered = offered(settings, target)
    if settings.transport == .stdio, console.input.isTerminal, !quiet {
      console.error.print(
        "mcpctl: serving on standard input and output, and waiting for a client: messages are lines of JSON, Ctrl-D ends it"
      )
      console.error.print("hint: --transport http-stream serves over HTTP; `mcpctl repl` talks to this server at once")
    }
    let reports = Reports(observe, server.features, console)
    do throws(IOError) {
      try await reports.reporting { () async throws(IOError) in
        try await serve(service, over: offered, with: membership, settings, reloading, console)
      }
    } catch {
      await membership?.leave()
      throw Failure(error.code == .resolve ? .usage : .internalError, error.code.rawValue, error.message)
    }
    await membership?.leave()
    await exporter?.close(within: .seconds(2))
    return .success
  }

  /// Joins the others; nil where there are none.
  private func membership(_ settings: ServeSettings, _ logger: Logger) async throws(Failure) -> Membership? {
    guard let cluster = try settings.cluster() else { return nil }
    return try await Membership(cluster, service: settings.serverName, limits: settings.limits, logger)
  }

  private func offered(_ settings: ServeSettings, _ target: Reloading.Target) -> Transport {
    guard settings.transport != .stdio else { return .stdio }
    var options = settings.http
    options.access = target.access
    options.adminKey = target.adminKey
    options.tls = target.identity
    return .http(options)
  }

  private func instruments(
    _ exporter: SpanExporter?, _ settings: ServeSettings, _ console: Console
  ) throws -> Instruments {
    var instruments = Instruments(
      tracer: exporter?.tracer(), accessLog: try settings.accessLogger(),
      notifySocket: console.environment("NOTIFY_SOCKET"), watchdog: watchdog(console))
    guard settings.hasMetrics else { return instruments }
    let metrics = Metrics()
    metrics.add("build") { text in
      text.family(
        "mcpctl_build_info", .gauge, "Which mcpctl this is.", [([("version", Version.number)], 1)])
    }
    exporter?.measure(in: metrics)
    instruments.metrics = metrics
    return instruments
  }

  /// What systemd expects; see sd_watchdog_enabled(3).
  private func watchdog(_ console: Console) -> Duration? {
    guard let microseconds = console.environment("WATCHDOG_USEC").flatMap(Int.init), microseconds > 0 else {
      return nil
    }
    let isForUs = console.environment("WATCHDOG_PID").map { $0 == String(ProcessFigures.id) } ?? true
    return isForUs ? .microseconds(microseconds) : nil
  }

  /// Ends with everything that speaks against serving.
  private func refuse(_ problems: [Problem], of file: String?, _ settings: ServeSettings) throws {
    let errors = problems.filter { $0.severity == .error }
    for error in errors {
      if case .words(let word) = error.source, word != "default" {
        // Of the other options the word says which key it is.
        let key = word == "--set" ? " \(error.path):" : ""
        throw UsageError("\(word):\(key) \(error.message); \(error.remedy)")
      }
    }
    guard errors.isEmpty else {
      throw Failure(
        .badConfiguration, "config", "\(file ?? "the environment") cannot be used",
        hint: Self.validation(of: file), details: errors.map(\.description))
    }
    guard settings.transport == .stdio else { return }
    if let option = ClusterOptions.overHTTP.first(where: { typed.words[$0] != nil }) {
      throw UsageError("--\(option) is for sessions over HTTP: add --transport http-stream")
    }
    if let option = CallerOptions.overHTTP.first(where: { typed.words[$0] != nil }) {
      throw UsageError(
        "--\(option) asks callers over HTTP who they are, and over stdio there is only the one who started this: add "
          + "--transport http-stream")
    }
    let addressed = [
      "host", "port", "path", "threads", "allow-origin", "allow-host", "cors-credentials", "cors-max-age",
      "trusted-proxy", "hsts", "compress-from", "tls-cert", "metrics-addr", "access-log",
    ]
    if let option = addressed.first(where: { typed.words[$0] != nil }) {
      throw UsageError("--\(option) is for a server over HTTP: add --transport http-stream")
    }
  }

  /// The command that says what is wrong with the same file.
  private static func validation(of file: String?) -> String {
    guard let file, file != "-" else { return "`mcpctl serve --validate-config` says the same" }
    return "`mcpctl serve --config \(shellWord(file)) --validate-config` says the same"
  }

  private func warn(of problems: [Problem], _ settings: ServeSettings, _ logger: Logger, _ console: Console) {
    for problem in problems {
      if settings.logFormat == .json {
        logger.warning("configuration", [("problem", problem.description)])
      } else if !quiet && problem.rule != .exposed {
        console.error.print(safeText(problem.description))
      }
    }
  }

  private func serve(
    _ service: Service, over offered: Transport, with others: Membership?, _ settings: ServeSettings,
    _ reloading: Reloading, _ console: Console
  ) async throws(IOError) {
    do {
      var reload: (@Sendable () async -> ReloadReport)?
      if settings.hasFiles(ConfigLoader.file(config, in: console)) {
        reload = { () async -> ReloadReport in await reloading.reload() }
      }
      try await service.serve(
        offered, sessions: others?.store, events: others?.events, with: others?.node,
        ready: { listening in
          if !quiet && settings.logFormat == .text { announce(listening, settings, console.error) }
        }, reload: reload)
    } catch let error as IOError {
      throw error
    } catch {
      throw IOError(.receive, "\(error)")
    }
  }

  /// Where it listens, and a line to copy.
  private func announce(_ listening: Listening, _ settings: ServeSettings, _ stream: OutputStream) {
    let (host, transport) = (settings.host, settings.transport)
    let isForAllAddresses = ["0.0.0.0", "::", "[::]"].contains(host)
    let address =
      isForAllAddresses ? "127.0.0.1:\(listening.port)" : listening.addresses.first ?? "\(host):\(listening.port)"
    let url = "\(settings.speaksTLS ? "https" : "http")://\(address)\(settings.path)"
    stream.print("serving \(transport.rawValue) at \(url)")
    if transport == .sse {
      stream.print("deprecated: HTTP+SSE was replaced in 2025-03-26; prefer --transport http-stream")
    }
    if !settings.asksWho, !isLoopback(listening) {
      stream.print(
        "warning: whoever reaches this machine can call these tools; --auth-keys or --auth-issuer ask who calls")
    }
    if settings.metricsAddress != nil, let monitor = listening.monitorAddress {
      stream.print("metrics at http://\(monitor)/metrics")
    }
    let credentials = settings.config.text("auth.keys_file") == nil ? "" : " --bearer-env KEY"
    stream.print("try: \(Self.program) -s \(url)\(credentials) call calculator a=1 b=2")
  }

  private func isLoopback(_ listening: Listening) -> Bool {
    listening.addresses.allSatisfy { $0.hasPrefix("127.") || $0.hasPrefix("[::1]:") }
  }

  /// How this program was called, so that a line to copy also works where mcpctl is not installed.
  private static var program: String {
    guard let name = CommandLine.arguments.first, name.contains("/") else { return "mcpctl" }
    return name
  }
}

/// What `serve` can offer a server over.
enum ServeTransport: String, ChoiceValue {
  case stdio
  case httpStream = "http-stream"
  case sse

  static let otherSpellings: [String: ServeTransport] = [
    "http": .httpStream, "streamable-http": .httpStream, "streaming": .httpStream,
  ]
}

/// A TCP port.
struct PortNumber: ArgumentValue {
  let number: UInt16
  init(_ number: UInt16) { self.number = number }

  init(argument word: String) throws(ValueFault) {
    guard let number = UInt16(word) else { throw ValueFault("'\(word)' is no port; ports are 0 to 65535") }
    self.number = number
  }
  var shown: String? { String(number) }
}
