// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
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
    ],
    examples: [
      .init("mcpctl serve", "Serves over standard input and output."),
      .init("mcpctl serve --transport http-stream --port 8000", "Serves http://127.0.0.1:8000/mcp."),
      .init("mcpctl serve --transport sse --port 8000", "Serves clients of 2024-11-05 at http://127.0.0.1:8000/sse."),
      .init("mcpctl serve --transport http-stream --port 0", "Lets the system choose the port, and prints it."),
      .init("mcpctl serve --transport http-stream --auth-keys keys.txt --rate-limit 20/s", "Asks callers for a key."),
    ])

  @Option("Transport to serve.", value: "TRANSPORT", environment: ["MCP_TRANSPORT_TYPE"])
  var transport = ServeTransport.stdio
  @Option("Address to listen on; 0.0.0.0 is all of IPv4.", value: "HOST", environment: ["MCP_HOST"])
  var host = "127.0.0.1"
  @Option("Port to listen on; 0 lets the system choose.", value: "PORT", environment: ["MCP_PORT"])
  var port = PortNumber(8000)
  @Option("Path of the endpoint. Default /mcp, for sse /sse.", value: "PATH") var path: String?
  @Option("Threads that serve connections.", value: "N") var threads = 1
  @Option(
    "Directory of programs that are tools: see `mcpctl help tools`.", value: "DIR", completion: .directory)
  var tools: [String]
  @Group("Callers") var callers: CallerOptions
  @Group("Web") var edge: EdgeOptions
  @Group("TLS") var tls: TLSOptions
  @Group("Limits") var limits: ServeLimitOptions
  @Group("Log") var log: LogOptions
  @Group("Watching") var observe: ObserveOptions
  @Flag("Print no address and no advice.", short: "q") var quiet: Bool

  func check(given: Set<String>) throws(UsageError) {
    try tls.check(given: given)
    try edge.check()
    try limits.check()
    try observe.check(transport)
    try callers.check(isNamed: !isForAllAddresses)
    let overHTTP =
      [
        "host", "port", "path", "threads", "allow-origin", "allow-host", "trusted-proxy", "hsts", "compress-from",
        "tls-cert",
      ]
      + CallerOptions.overHTTP
    guard transport == .stdio, let addressed = overHTTP.first(where: given.contains) else { return }
    if CallerOptions.overHTTP.contains(addressed) {
      throw UsageError(
        "--\(addressed) asks callers over HTTP who they are, and over stdio there is only the one who started this: add "
          + "--transport http-stream")
    }
    throw UsageError("--\(addressed) is for a server over HTTP: add --transport http-stream")
  }

  func run(in console: Console) async throws -> ExitCode {
    guard (1...256).contains(threads) else { throw UsageError("--threads: \(threads) is not from 1 to 256") }
    if let path, !path.hasPrefix("/") { throw UsageError("--path: '\(path)' does not begin with '/'") }
    let logger = log.logger(isQuietByDefault: transport == .stdio, isDebugging: observe.debug, console)
    let server = try BuiltinServer.make(version: Version.number, options: limits.server)
    for problem in await ToolFolders(tools, for: server.features).load() {
      logger.warning("not a tool", [("file", problem.path), ("reason", problem.message)])
    }
    let exporter = try Tracing.exporter(console, endpoint: observe.otlpEndpoint, logger: logger)
    let service = Service(
      server, limits: limits.service, authorization: try callers.authorization(logger: logger), logger: logger,
      instruments: try instruments(exporter, console))
    let offered = try offered
    let reports = Reports(observe, server.features, console)
    do throws(IOError) {
      try await reports.reporting { () async throws(IOError) in try await serve(service, over: offered, console) }
    } catch {
      throw Failure(error.code == .resolve ? .usage : .internalError, error.code.rawValue, error.message)
    }
    await exporter?.close(within: .seconds(2))
    return .success
  }

  private func instruments(_ exporter: SpanExporter?, _ console: Console) throws -> Instruments {
    var instruments = Instruments(
      tracer: exporter?.tracer(), accessLog: try observe.accessLogger(log.logFormat.writer),
      notifySocket: console.environment("NOTIFY_SOCKET"), watchdog: watchdog(console))
    guard transport != .stdio else { return instruments }
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

  private func serve(_ service: Service, over offered: Transport, _ console: Console) async throws(IOError) {
    do {
      try await service.serve(offered) { listening in
        if !quiet && log.logFormat == .text { announce(listening, console.error) }
      }
    } catch let error as IOError {
      throw error
    } catch {
      throw IOError(.receive, "\(error)")
    }
  }

  private var offered: Transport {
    get throws {
      var options = HTTPOptions(host: host, port: port.number)
      options.threads = threads
      limits.apply(to: &options)
      edge.apply(to: &options)
      options.tls = try tls.identity()
      if let address = observe.metricsAddr { options.monitoring = .at(host: address.host, port: address.port) }
      switch transport {
      case .stdio: return .stdio
      case .httpStream:
        if let path { options.streamablePaths = [path] }
      case .sse:
        options.streamablePaths = []
        options.eventsPath = path ?? "/sse"
      }
      return .http(options)
    }
  }

  /// Where it listens, and a line to copy.
  private func announce(_ listening: Listening, _ stream: OutputStream) {
    let path = path ?? (transport == .sse ? "/sse" : "/mcp")
    let address =
      isForAllAddresses ? "127.0.0.1:\(listening.port)" : listening.addresses.first ?? "\(host):\(listening.port)"
    let url = "\(tls.tlsCert == nil ? "http" : "https")://\(address)\(path)"
    stream.print("serving \(transport.rawValue) at \(url)")
    if transport == .sse {
      stream.print("deprecated: HTTP+SSE was replaced in 2025-03-26; prefer --transport http-stream")
    }
    if !callers.asksWho, !isLoopback(listening) {
      stream.print(
        "warning: whoever reaches this machine can call these tools; --auth-keys or --auth-issuer ask who calls")
    }
    if observe.metricsAddr != nil, let monitor = listening.monitorAddress {
      stream.print("metrics at http://\(monitor)/metrics")
    }
    let credentials = callers.authKeys == nil ? "" : " --bearer-env KEY"
    stream.print("try: \(Self.program) -s \(url)\(credentials) call calculator a=1 b=2")
  }

  private var isForAllAddresses: Bool { ["0.0.0.0", "::", "[::]"].contains(host) }

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
