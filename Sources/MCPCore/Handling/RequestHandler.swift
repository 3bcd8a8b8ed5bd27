// SPDX-License-Identifier: Apache-2.0

/// Anything that answers MCP: a server, a gateway, a handler behind middleware.
///
/// Requests arrive in the newest revision's shape whatever the peer speaks; `initialize` arrives as
/// `server/discover`. A handler runs where its caller runs, which on a server is an event loop: hop off before
/// blocking.
public protocol RequestHandler: Sendable {
  /// Answers `request`.
  /// - Throws: `RPCError` for an error the peer is told as it is; any other error becomes `internalError`.
  func handle(_ request: Request, in context: RequestContext) async throws -> Reply

  /// Answers `request` when that needs no waiting; nil has `handle` asked, with a context of its own, so nil must leave no
  /// trace. It may be skipped, and must not block. What is said through this context is dropped, and nobody can be asked
  /// through it. Default: nil.
  /// - Throws: as `handle`, and the request is answered with it.
  func replyAtHand(to request: Request, in context: RequestContext) throws -> Reply?
}

extension RequestHandler {
  /// Has `handle` asked.
  public func replyAtHand(to request: Request, in context: RequestContext) throws -> Reply? { nil }
}

/// A layer around a handler: limits, logging, authorization.
public protocol Middleware: Sendable {
  /// Answers `request`, or passes it to `next`.
  func handle(_ request: Request, in context: RequestContext, next: any RequestHandler) async throws -> Reply

  /// The same when that needs no waiting; nil has `handle` asked, as in `RequestHandler.replyAtHand`. Default: nil.
  func replyAtHand(to request: Request, in context: RequestContext, next: any RequestHandler) throws -> Reply?
}

extension Middleware {
  /// Has `handle` asked.
  public func replyAtHand(
    to request: Request, in context: RequestContext, next: any RequestHandler
  ) throws -> Reply? { nil }
}

extension RequestHandler {
  /// This handler behind `layers`, the first of which sees requests first.
  public func behind(_ layers: [any Middleware]) -> any RequestHandler {
    layers.reversed().reduce(self as any RequestHandler) { Layered(layer: $1, next: $0) }
  }
}

private struct Layered: RequestHandler {
  let layer: any Middleware
  let next: any RequestHandler

  func handle(_ request: Request, in context: RequestContext) async throws -> Reply {
    try await layer.handle(request, in: context, next: next)
  }

  func replyAtHand(to request: Request, in context: RequestContext) throws -> Reply? {
    try layer.replyAtHand(to: request, in: context, next: next)
  }
}
