// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPConfig
import MCPCore
import MCPServeKit

/// A configuration as the parts of a server take it.
struct ServeSettings {
  let config: ServerConfig

  init(_ config: ServerConfig) { self.config = config }

  var transport: ServeTransport { config.text("transport.type").flatMap(ServeTransport.init) ?? .stdio }

  /// The revisions up to the newest one wanted.
  var revisions: [Revision] {
    guard let newest = config.text("server.protocol").flatMap(Revision.init) else { return Revision.allCases }
    return Revision.allCases.filter { $0 <= newest }
  }

  var requestTimeLimit: Duration {
    config.duration("performance.request_timeout") ?? Server.Options().requestTimeLimit
  }

  /// How long a tool may take with any amount of progress.
  var longestRequest: Duration {
    max(config.duration("performance.max_request_time") ?? Server.Options().longestRequest, requestTimeLimit)
  }

  var serverName: String { config.text("server.name") ?? BuiltinServer.name }

  /// - Parameter tasks: where tasks are kept; nil keeps them in memory.
  func server(tasks: (any TaskStore)? = nil) throws -> Server {
    var options = Server.Options()
    options.tasks.store = tasks
    options.requestTimeLimit = requestTimeLimit
    options.longestRequest = longestRequest
    options.threads = config.integer("performance.handler_threads") ?? options.threads
    options.pageSize = config.integer("performance.page_size") ?? options.pageSize
    return try BuiltinServer.make(
      name: serverName, version: config.text("server.version") ?? Version.number,
      instructions: config.text("server.instructions") ?? BuiltinServer.instructions, options: options, node: namedNode,
      offers: offers)
  }
}

extension ServeSettings {
  /// Whether the server measures itself: who is served over a pipe has nobody to ask.
  var hasMetrics: Bool { transport != .stdio && config.flag("metrics.enabled") }

  /// The collector of traces; nil leaves it to the environment, which may say more of it than an address.
  var collector: String? {
    if case .environment(let name) = config.origin("tracing.endpoint"), name.hasPrefix("OTEL_") { return nil }
    return config.text("tracing.endpoint")
  }
}

extension ServerConfig.Origin {
  /// The same for a problem.
  var source: Problem.Source {
    switch self {
    case .standard: .words("default")
    case .file(let file, let mark): .file(file, mark)
    case .environment(let name): .environment(name)
    case .flag(let word): .words(word)
    }
  }
}
