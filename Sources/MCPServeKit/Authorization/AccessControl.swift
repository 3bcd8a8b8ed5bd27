// SPDX-License-Identifier: Apache-2.0
import JSONKit
public import MCPCore
import Observability

/// Holds requests to the rules of an `Authorization`: what callers may use and how often they may ask, and notes who did what.
///
/// A `Service` with an authorization has this around its handler already. Whoever composes handlers can have it anywhere, once.
public struct AccessControl: Middleware {
  private let authorization: Authorization
  /// What is behind it; nil where that is not known.
  private let features: FeatureSet?

  /// Makes the layer.
  public init(_ authorization: Authorization) { self.init(authorization, before: nil) }

  init(_ authorization: Authorization, before features: FeatureSet?) {
    self.authorization = authorization
    self.features = features
  }

  /// Answers what the rules allow.
  /// - Throws: `RPCError` `.forbidden` or `.tooManyRequests`, and what the handler throws.
  public func handle(
    _ request: Request, in context: RequestContext, next: any RequestHandler
  ) async throws -> Reply {
    let state = authorization.current
    let audits = state.audits(context)
    do {
      let request = state.isOpen ? request : try state.admit(request, context, features)
      let reply = state.allowed(of: try await next.handle(request, in: context), to: request, context)
      if audits { Audit.note(request, context, ended: reply) }
      return reply
    } catch {
      if audits { Audit.note(request, context, failed: error) }
      throw error
    }
  }

  /// The same for what needs no waiting.
  public func replyAtHand(
    to request: Request, in context: RequestContext, next: any RequestHandler
  ) throws -> Reply? {
    let state = authorization.current
    do {
      let admitted = state.isOpen ? request : try state.admit(request, context, features)
      guard let reply = try next.replyAtHand(to: admitted, in: context) else {
        state.giveBack(request, context, features)
        return nil
      }
      if state.audits(context) { Audit.note(request, context, ended: reply) }
      // What most replies are to.
      return request.method == .toolsCall ? reply : state.allowed(of: reply, to: request, context)
    } catch {
      if state.audits(context) { Audit.note(request, context, failed: error) }
      throw error
    }
  }
}

extension Principal? {
  /// What a caller is counted by; callers nobody knows are counted together.
  fileprivate var limitName: String { self?.name ?? "anonymous" }
}

extension Request {
  fileprivate var calledTool: String? { method == .toolsCall ? params["name"]?.string : nil }

  /// The feature a request is about.
  fileprivate var feature: (name: String, kind: FeatureKind)? {
    switch method {
    case .toolsCall, .toolsGet: params["name"]?.string.map { ($0, .tools) }
    case .resourcesRead, .resourcesSubscribe: params["uri"]?.string.map { ($0, .resources) }
    case .promptsGet: params["name"]?.string.map { ($0, .prompts) }
    case .complete:
      params["ref"]?["type"]?.string == "ref/resource"
        ? params["ref"]?["uri"]?.string.map { ($0, .resources) } : params["ref"]?["name"]?.string.map { ($0, .prompts) }
    default: nil
    }
  }
}

extension Authorization.State {
  /// The longest name that rules are held against, in bytes.
  private static var longestName: Int { 2 << 10 }

  /// The request as it may be answered.
  fileprivate func admit(
    _ request: Request, _ context: RequestContext, _ features: FeatureSet?
  ) throws(RPCError) -> Request {
    var request = request
    if !rules.access.isEmpty {
      if let (name, kind) = request.feature { try check(name, kind, context.principal) }
      if request.method == .subscriptionsListen { request.params = withoutForbidden(request.params, context) }
    }
    guard !limiter.limits.isEmpty else { return request }
    let tool = request.calledTool
    guard tool?.utf8.count ?? 0 <= Self.longestName else { throw .invalidParams("name is too long") }
    if let pause = limiter.take(context.principal.limitName, tool: tool, isKnown: isKnown(tool, features)) {
      throw .tooManyRequests("this caller asks too often", retryAfter: pause)
    }
    return request
  }

  /// Takes back what `admit` has counted.
  fileprivate func giveBack(_ request: Request, _ context: RequestContext, _ features: FeatureSet?) {
    guard !limiter.limits.isEmpty else { return }
    let tool = request.calledTool
    limiter.giveBack(context.principal.limitName, tool: tool, isKnown: isKnown(tool, features))
  }

  /// Whether there is such a tool, as far as that can be told and matters.
  private func isKnown(_ tool: String?, _ features: FeatureSet?) -> Bool {
    guard limiter.countsTools, let tool, let features else { return true }
    return features.current.tools.row(tool) != nil
  }

  private func check(_ name: String, _ kind: FeatureKind, _ principal: Principal?) throws(RPCError) {
    guard name.utf8.count <= Self.longestName else {
      throw .invalidParams("the name is longer than \(Self.longestName) bytes")
    }
    // A template matches the parts of a URI one by one, so that what is broken elsewhere would hide what they say.
    guard kind != .resources || PercentEncoding.decoded(name) != nil else {
      throw .invalidParams("the URI is not percent-encoded UTF-8")
    }
    for spelling in Self.spellings(of: name, kind) {
      guard let rule = rule(for: spelling, kind) else { continue }
      guard rule.allows(principal?.name) else { throw .forbidden("'\(name)'") }
      guard principal?.has(rule.scopes) ?? rule.scopes.isEmpty else {
        throw .insufficientScope(for: "'\(name)'", needed: rule.scopes)
      }
    }
  }

  private func rule(for name: String, _ kind: FeatureKind) -> AccessRule? {
    rules.access.first { $0.fits(name, kind) }
  }

  /// A URI, and what a handler may take it for: a rule must not be passed by spelling it otherwise.
  private static func spellings(of name: String, _ kind: FeatureKind) -> [String] {
    guard kind == .resources else { return [name] }
    var spellings = [name]
    // Twice, for handlers that decode what was decoded before.
    for _ in 0..<2 {
      if let last = spellings.last, let decoded = PercentEncoding.decoded(last), decoded != last {
        spellings.append(decoded)
      }
    }
    return spellings + spellings.map(\.withoutDotSegments).filter { !spellings.contains($0) }
  }

  /// A list, without what its reader may not use.
  fileprivate func allowed(of reply: Reply, to request: Request, _ context: RequestContext) -> Reply {
    guard case .complete(var result, var cache) = reply else { return reply }
    // What one caller may see is not for caches that several share.
    cache.isPublic = false
    guard !rules.access.isEmpty, let list = ListShape(request.method) else { return .complete(result, cache: cache) }
    if let entries = result[list.member]?.array {
      result[list.member] = .array(
        entries.filter { entry in
          guard let name = entry[list.name]?.string else { return false }
          return mayUse(name, list.kind, context.principal)
        })
    }
    return .complete(result, cache: cache)
  }

  private func mayUse(_ name: String, _ kind: FeatureKind, _ principal: Principal?) -> Bool {
    (try? check(name, kind, principal)) != nil
  }

  /// A `subscriptions/listen` without the resources its sender may not read.
  private func withoutForbidden(_ params: JSONObject, _ context: RequestContext) -> JSONObject {
    guard var asked = params["notifications"]?.object, let uris = asked["resourceSubscriptions"]?.array else {
      return params
    }
    var params = params
    asked["resourceSubscriptions"] = .array(
      uris.filter { uri in uri.string.map { mayUse($0, .resources, context.principal) } ?? true })
    params["notifications"] = .object(asked)
    return params
  }
}

/// Where the entries of a list are, and what they are called by.
private struct ListShape {
  let member, name: String
  let kind: FeatureKind

  init?(_ method: Method) {
    switch method {
    case .toolsList: (member, name, kind) = ("tools", "name", .tools)
    case .resourcesList: (member, name, kind) = ("resources", "uri", .resources)
    case .resourceTemplatesList: (member, name, kind) = ("resourceTemplates", "uriTemplate", .resources)
    case .promptsList: (member, name, kind) = ("prompts", "name", .prompts)
    default: return nil
    }
  }
}

extension String {
  /// The path of a URI as a file system takes it: without `.`, `..` (RFC 3986 section 5.2.4) and empty segments.
  fileprivate var withoutDotSegments: String {
    let segments = split(separator: "/", omittingEmptySubsequences: false)
    let root = contains("://") ? 3 : 1
    var kept: [Substring] = []
    for (index, segment) in segments.enumerated() {
      if segment.isEmpty, index >= root, index < segments.count - 1 { continue }
      if segment == ".." { if kept.count > root { kept.removeLast() } } else if segment != "." { kept.append(segment) }
    }
    return kept.joined(separator: "/")
  }
}
