// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
import Synchronization

extension Client {
  /// What a server lists in pages.
  public enum Listing: Sendable, Hashable, CaseIterable {
    /// Its tools.
    case tools
    /// Its resources.
    case resources
    /// Its resource templates.
    case resourceTemplates
    /// Its prompts.
    case prompts
    /// Tasks of ours (2025-11-25).
    case tasks

    /// The method that lists them.
    public var method: Method {
      switch self {
      case .tools: .toolsList
      case .resources: .resourcesList
      case .resourceTemplates: .resourceTemplatesList
      case .prompts: .promptsList
      case .tasks: .tasksList
      }
    }

    /// The member of the result that holds them.
    public var member: String {
      switch self {
      case .tools: "tools"
      case .resources: "resources"
      case .resourceTemplates: "resourceTemplates"
      case .prompts: "prompts"
      case .tasks: "tasks"
      }
    }
  }

  /// All pages of a list merged into one result: the first page's, without `nextCursor`, with everybody's elements.
  ///
  /// A list that changes so that its cursor is refused on the way is fetched from its beginning, once.
  ///
  /// Spec: 2026-07-28, server/utilities/pagination and caching.
  ///
  /// - Throws: `ClientError`, also when a server hands out more pages than `limits.pages` or a cursor twice.
  public func list(
    _ listing: Listing, options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> JSONObject {
    if let result = try await walk(listing, request, mayRestart: true) { return result }
    return try await walk(listing, request, mayRestart: false) ?? [:]
  }

  /// All pages, from the first; nil when a cursor was refused on the way and the list may be fetched anew.
  private func walk(
    _ listing: Listing, _ request: RequestOptions, mayRestart: Bool
  ) async throws(ClientError) -> JSONObject? {
    var merged: JSONObject?
    var elements: [JSON] = []
    var cursor: String?
    var seen: Set<String> = []
    for _ in 0..<options.limits.pages {
      guard let page = try await self.page(after: cursor, of: listing, request, mayRestart: mayRestart) else {
        return nil
      }
      guard let more = page[listing.member]?.array else {
        throw ClientError(.invalidResponse, "\(serverName) answered \(listing.method) without '\(listing.member)'")
      }
      elements += more
      merged = merged ?? page
      cursor = page["nextCursor"]?.string
      // Legacy servers say "" for the end; since 2026-07-28 it is a cursor like any other.
      guard let next = cursor, !(next.isEmpty && negotiated.era == .legacy) else {
        var result = merged ?? [:]
        result[listing.member] = .array(elements)
        result["nextCursor"] = nil
        return result
      }
      guard seen.insert(next).inserted else {
        throw ClientError(.invalidResponse, "\(serverName) hands out the same cursor of \(listing.method) twice")
      }
    }
    throw ClientError(
      .invalidResponse, "\(serverName) has more than \(options.limits.pages) pages of \(listing.member), the limit")
  }

  /// One page; when its cursor is no longer good, neither are the pages that led to it. Nil when it was refused and the
  /// list may be fetched anew.
  private func page(
    after cursor: String?, of listing: Listing, _ request: RequestOptions, mayRestart: Bool
  ) async throws(ClientError) -> JSONObject? {
    do throws(ClientError) {
      return try await self.request(listing.method, cursor.map { ["cursor": .string($0)] } ?? [:], options: request)
    } catch {
      guard cursor != nil else { throw error }
      connector.switchboard.cache.withLock { $0.forget(listing.method) }
      guard mayRestart, error.rpcError?.code == .invalidParams else { throw error }
      return nil
    }
  }

  /// All tools.
  public func listTools(options request: RequestOptions = RequestOptions()) async throws(ClientError) -> [Tool] {
    try decode(try await list(.tools, options: request), .tools) { json throws(InvalidShape) in try Tool(json: json) }
  }

  /// All resources.
  public func listResources(
    options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> [Resource] {
    try decode(try await list(.resources, options: request), .resources) { json throws(InvalidShape) in
      try Resource(json: json)
    }
  }

  /// All resource templates.
  public func listResourceTemplates(
    options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> [ResourceTemplate] {
    try decode(try await list(.resourceTemplates, options: request), .resourceTemplates) { json throws(InvalidShape) in
      try ResourceTemplate(json: json)
    }
  }

  /// All prompts.
  public func listPrompts(options request: RequestOptions = RequestOptions()) async throws(ClientError) -> [Prompt] {
    try decode(try await list(.prompts, options: request), .prompts) { json throws(InvalidShape) in
      try Prompt(json: json)
    }
  }

  private func decode<Element>(
    _ result: JSONObject, _ listing: Listing, _ decode: (JSON) throws(InvalidShape) -> Element
  ) throws(ClientError) -> [Element] {
    var elements: [Element] = []
    for json in result[listing.member]?.array ?? [] {
      do throws(InvalidShape) {
        elements.append(try decode(json))
      } catch {
        throw ClientError(.invalidResponse, "\(serverName): in \(listing.member)[\(elements.count)], \(error.message)")
      }
    }
    return elements
  }
}
