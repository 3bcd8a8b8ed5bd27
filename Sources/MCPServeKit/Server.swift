// SPDX-License-Identifier: Apache-2.0
import JSONKit
public import MCPCore

/// A server made of tools, resources and prompts.
///
///     let server = try Server(name: "weather", version: "1.0") {
///       ServerTool("forecast", "Daily forecast for a city.", Parameter<String>("city", "City name.")) { context, city in
///         .text("Sunny in \(city).")
///       }
///     }
///     await server.run(.stdio)
public final class Server: RequestHandler {
  /// What can be chosen about a server.
  public struct Options: Sendable {
    /// How many entries a page of a list has. Default 100.
    public var pageSize = 100
    /// How long a handler may take, unless its tool says otherwise. Progress starts the time anew. Default 30 s.
    public var requestTimeLimit: Duration = .seconds(30)
    /// How long a handler may take with any amount of progress. Default 10 min.
    public var longestRequest: Duration = .seconds(600)
    /// Handlers that run at the same time on threads of their own; more wait. Default 64.
    public var threads = 64
    /// How tools are called as tasks.
    public var tasks = TaskOptions()
    /// The kinds of features offered even while there are none; nil offers those that were registered.
    public var offered: Set<FeatureKind>?

    /// Makes options with the defaults.
    public init() {}
  }

  /// Who answers.
  public let identity: Implementation
  /// How to use the server, for models; nil says nothing.
  public let instructions: String?
  /// What it offers. May be changed while it serves.
  public let features: FeatureSet
  let options: Options
  let runner: HandlerRunner
  let tasks: TaskDesk
  private let offered: FeatureKinds

  /// Makes a server.
  /// - Throws: `FeatureError` naming the feature whose name is taken or not allowed.
  public convenience init(
    name: String, version: String, title: String? = nil, instructions: String? = nil, options: Options = Options(),
    @FeatureBuilder features: () throws -> [Feature] = { [] }
  ) throws {
    self.init(
      Implementation(name: name, version: version, title: title), instructions: instructions, options: options,
      features: try FeatureSet(try features()))
  }

  /// Makes a server around a set of features.
  public init(
    _ identity: Implementation, instructions: String? = nil, options: Options = Options(), features: FeatureSet
  ) {
    self.identity = identity
    self.instructions = instructions
    self.options = options
    self.features = features
    runner = HandlerRunner(options)
    tasks = TaskDesk(options.tasks) { features.announce($0) }
    offered = FeatureKinds((options.offered ?? []).map(FeatureKinds.init))
  }

  /// Changes `Options.requestTimeLimit`, and `longestRequest` unless it is nil, for handlers that begin from now on.
  public func setRequestTimeLimit(_ limit: Duration, longest: Duration? = nil) {
    runner.setLimits(limit, longest: longest)
  }

  /// Answers one request.
  /// - Throws: `RPCError` for what the protocol calls an error.
  public func handle(_ request: Request, in context: RequestContext) async throws -> Reply {
    if let reply = try replyAtHand(to: request, in: context) { return reply }
    switch request.method {
    case .toolsCall: return try await callTool(request.params, context)
    case .resourcesRead: return try await readResource(request, context)
    case .promptsGet: return try await renderPrompt(request, context)
    case .complete: return try await complete(request, context)
    case .subscriptionsListen: return try await honourTasks(request, context)
    case .tasksGet, .tasksResult, .tasksList, .tasksCancel, .tasksUpdate:
      return try await answerTask(request, context)
    default: throw RPCError.methodNotFound(request.method)
    }
  }

  /// Answers what needs no waiting: lists, and tools whose handlers run on the loop and do not wait.
  public func replyAtHand(to request: Request, in context: RequestContext) throws -> Reply? {
    switch request.method {
    case .toolsCall: return try callToolAtOnce(request.params, context)
    case .toolsList:
      return try page(of: \.tools, .tools, as: "tools", .tools, request, context)
        .withoutExecution(in: context.revision)
    case .toolsGet: return try tool(request, context)
    case .resourcesList: return try page(of: \.resources, .resources, as: "resources", .resources, request, context)
    case .resourceTemplatesList:
      return try page(of: \.templates, .templates, as: "resourceTemplates", .resources, request, context)
    case .resourcesSubscribe, .resourcesUnsubscribe: return try subscribe(request, context)
    case .subscriptionsListen: return try honour(request, context)
    case .promptsList: return try page(of: \.prompts, .prompts, as: "prompts", .prompts, request, context)
    case .discover: return discover()
    default: return nil
    }
  }
}

extension Server {
  private func discover() -> Reply {
    let features = features.current
    var capabilities: JSONObject = ["logging": [:]]
    for kind in FeatureKind.allCases where offers(kind, features) {
      capabilities[kind.rawValue] =
        kind == .resources ? ["listChanged": true, "subscribe": true] : ["listChanged": true]
    }
    if features.offersCompletions { capabilities["completions"] = [:] }
    if features.offersTasks { capabilities["extensions"] = .object([TasksExtension.name: [:]]) }
    var result: JSONObject = [
      "supportedVersions": .array(Revision.allCases.reversed().map { .string($0.rawValue) }),
      "capabilities": .object(capabilities),
    ]
    if let instructions { result["instructions"] = .string(instructions) }
    return .complete(result)
  }

  func offers(_ kind: FeatureKind, _ features: Features) -> Bool {
    offered.union(features.kinds).contains(FeatureKinds(kind))
  }

  /// What there is now; the method is unknown where its kind is not offered.
  func features(_ kind: FeatureKind, for method: Method) throws(RPCError) -> Features {
    let features = features.current
    guard offers(kind, features) else { throw .methodNotFound(method) }
    return features
  }

  private func page<Entry: NeedsScopes>(
    of path: KeyPath<Features, Catalog<Entry>>, _ list: FeatureList, as name: String, _ kind: FeatureKind,
    _ request: Request, _ context: RequestContext
  ) throws(RPCError) -> Reply {
    let features = try features(kind, for: request.method)
    var catalog = features[keyPath: path]
    let cursor = try Cursor(request.params, of: list, newest: catalog.lastOrdinal)
    if !features.neededScopes.isEmpty { catalog = catalog.open(to: context.principal) }
    let (listings, next) = catalog.page(after: cursor.ordinal, count: options.pageSize)
    var result: JSONObject = [name: .array(listings)]
    if let next { result["nextCursor"] = .string(Cursor(list, ordinal: next).text) }
    return .complete(result)
  }
}
