// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// What one `subscriptions/listen` is told.
///
/// Spec: 2026-07-28, basic/utilities/subscriptions.
struct Subscription: Sendable {
  /// The id of the request, which everything said on its stream repeats.
  let id: RequestID
  let filter: Filter

  /// The kinds of notifications a client opts in to; nothing else is sent.
  struct Filter: Sendable, Hashable {
    var lists: Set<FeatureKind> = []
    var resources: Set<String> = []
    /// Ids of tasks, of the client's own.
    var tasks: Set<String> = []
  }

  /// The first message of the stream: what it will carry.
  var acknowledgement: Message.Notification {
    Message.Notification(.subscriptionsAcknowledged, ["_meta": meta, "notifications": .object(filter.json)])
  }

  /// The notification as it is sent on the stream; nil when the client did not ask for it.
  func notification(of news: News) -> Message.Notification? {
    let isWanted =
      switch news.announcement {
      case .listChanged(let kind): filter.lists.contains(kind)
      case .resourceUpdated: news.concerns(filter.resources)
      case .log: false
      case .task(let task): filter.tasks.contains(task.id)
      }
    guard isWanted else { return nil }
    var notification = news.notification
    notification.params["_meta"] = meta
    return notification
  }

  /// What ends the stream when the server does.
  var end: Reply { .complete(["_meta": meta]) }

  private var meta: JSON { .object(JSONObject([.init(name: MetaKey.subscriptionID, value: id.json)])) }
}

extension Subscription.Filter {
  /// Reads the parameters of `subscriptions/listen`, or what a handler answers of them. Kinds nobody here knows, such as
  /// those of extensions, are left out.
  /// - Throws: `RPCError` `.invalidParams` naming the member at fault, or the limit.
  init(_ params: JSONObject, limits: ServeLimits) throws(RPCError) {
    guard case .object(let asked)? = params["notifications"] else {
      throw .invalidParams("notifications must be an object")
    }
    for kind in FeatureKind.allCases {
      switch asked[kind.filterMember] {
      case nil, .bool(false)?: break
      case .bool(true)?: lists.insert(kind)
      default: throw .invalidParams("notifications.\(kind.filterMember) must be a boolean")
      }
    }
    switch asked["resourceSubscriptions"] {
    case nil: break
    case .array(let uris)?: resources = try Self.resources(uris, limits)
    default: throw .invalidParams("notifications.resourceSubscriptions must be an array")
    }
    tasks = try Self.tasks(asked["taskIds"], limits)
  }

  private static func tasks(_ ids: JSON?, _ limits: ServeLimits) throws(RPCError) -> Set<String> {
    guard let ids else { return [] }
    let strings = ids.array?.compactMap(\.string).filter { $0.utf8.count <= 128 }
    guard let strings, strings.count == ids.array?.count, strings.count <= limits.subscriptions else {
      throw .invalidParams("notifications.taskIds must be an array of at most \(limits.subscriptions) ids")
    }
    return Set(strings)
  }

  private static func resources(_ uris: [JSON], _ limits: ServeLimits) throws(RPCError) -> Set<String> {
    guard uris.count <= limits.subscriptions else {
      throw .invalidParams("notifications.resourceSubscriptions has more than \(limits.subscriptions) URIs, the limit")
    }
    var resources: Set<String> = []
    for uri in uris {
      guard let uri = uri.string else { throw .invalidParams("notifications.resourceSubscriptions must be strings") }
      guard uri.utf8.count <= limits.subscribedURI else {
        throw .invalidParams(
          "a URI of notifications.resourceSubscriptions is longer than \(limits.subscribedURI) bytes")
      }
      resources.insert(uri)
    }
    return resources
  }

  var json: JSONObject {
    var json = JSONObject()
    for kind in FeatureKind.allCases where lists.contains(kind) { json[kind.filterMember] = true }
    if !resources.isEmpty { json["resourceSubscriptions"] = .array(resources.sorted().map(JSON.string)) }
    if !tasks.isEmpty { json["taskIds"] = .array(tasks.sorted().map(JSON.string)) }
    return json
  }
}

extension FeatureKind {
  /// The member of a filter that asks for changes of this kind's list.
  var filterMember: String { "\(rawValue)ListChanged" }
}

extension Service {
  /// Asks the handler what of a `subscriptions/listen` it honours.
  func subscription(
    _ request: Request, in context: RequestContext
  ) async throws(RPCError) -> Subscription {
    _ = try Subscription.Filter(request.params, limits: limits)
    let reply: Reply
    do {
      reply = try await handler.handle(request, in: context)
    } catch {
      throw told(error, about: request, context.logger)
    }
    guard case .complete(let honoured, _) = reply else {
      throw RPCError(.internalError, "the server did not say what it honours")
    }
    return Subscription(id: request.id, filter: try Subscription.Filter(honoured, limits: limits))
  }

  /// The response that ends a subscription.
  func end(_ subscription: Subscription, _ revision: Revision) -> Response {
    Response(
      id: subscription.id,
      outcome: Dialect(revision).outcome(subscription.end, to: .subscriptionsListen, from: identity))
  }
}

extension Server {
  /// What of a `subscriptions/listen` can be told: lists that are offered and resources that are known.
  func honour(_ request: Request, _ context: RequestContext) throws(RPCError) -> Reply? {
    guard !context.revision.pushesChanges else { throw .methodNotFound(request.method) }
    let features = features.current
    var asked = request.params["notifications"]?.object ?? [:]
    for kind in FeatureKind.allCases where !offers(kind, features) { asked[kind.filterMember] = nil }
    if let uris = asked["resourceSubscriptions"]?.array {
      let known =
        offers(.resources, features)
        ? uris.filter { $0.string.map { isOpen($0, features, to: context.principal) } ?? false } : []
      asked["resourceSubscriptions"] = known.isEmpty ? nil : .array(known)
    }
    // Which tasks may be told takes waiting to find out.
    if asked["taskIds"] != nil {
      if features.offersTasks { return nil }
      asked["taskIds"] = nil
    }
    return .complete(["notifications": .object(asked)])
  }
}
