// SPDX-License-Identifier: Apache-2.0
import JSONKit
public import MCPCore

/// A resource, or a family of resources with one URI template, with the code that reads it.
///
/// Handlers run on a pool of threads and may block; text and bytes given beforehand need no handler.
public struct ServerResource: Sendable {
  /// What a template's URI was taken apart into.
  public typealias Variables = [String: String]
  typealias Read = @Sendable (RequestContext, String, Variables) async throws -> [ResourceContents]

  enum Listing: Sendable {
    case fixed(Resource)
    case family(ResourceTemplate)
  }

  let listing: Listing
  let read: Read
  /// The compiled template; set when the family is registered.
  var template: URITemplate?
  var placement = Placement.pool
  var completions: [String: Completions] = [:]
  /// The scopes its readers need.
  var neededScopes: [String] = []

  /// Makes a resource whose text never changes.
  public init(_ resource: Resource, text: String) {
    self.init(resource, body: .text(text))
  }

  /// Makes a resource whose bytes never change, given in Base64.
  public init(_ resource: Resource, base64: String) {
    self.init(resource, body: .blob(base64: base64))
  }

  /// Makes a resource that `read` reads.
  public init(_ resource: Resource, read: @escaping @Sendable (RequestContext) async throws -> [ResourceContents]) {
    listing = .fixed(resource)
    self.read = { context, _, _ in try await read(context) }
  }

  /// Makes a family of resources; `read` gets the URI and the values of the template's variables. Throw
  /// `RPCError.resourceNotFound` when no such resource exists.
  public init(
    template: ResourceTemplate,
    read: @escaping @Sendable (RequestContext, _ uri: String, _ variables: Variables) async throws -> [ResourceContents]
  ) {
    listing = .family(template)
    self.read = read
  }

  private init(_ resource: Resource, body: ResourceContents.Body) {
    let contents = ResourceContents(uri: resource.uri, mimeType: resource.mimeType, body: body)
    listing = .fixed(resource)
    read = { _, _, _ in [contents] }
    placement = .loop
  }

  /// The resource with a handler that runs on the server's event loop; see `ServerTool.onLoop`.
  public var onLoop: ServerResource {
    var resource = self
    resource.placement = .loop
    return resource
  }

  /// The resource for callers that have all of `scopes`; see `ServerTool.requires`.
  public func requires(scopes: String...) -> ServerResource {
    var resource = self
    resource.neededScopes += scopes
    return resource
  }

  /// The family with suggestions for one of its template's variables.
  public func completing(_ variable: String, _ completions: Completions) -> ServerResource {
    var resource = self
    resource.completions[variable] = completions
    return resource
  }
}
