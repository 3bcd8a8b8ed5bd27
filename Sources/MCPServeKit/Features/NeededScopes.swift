// SPDX-License-Identifier: Apache-2.0
import MCPCore

/// What is for some callers only.
protocol NeedsScopes {
  /// The scopes its callers need, all of them.
  var neededScopes: [String] { get }
}

extension ServerTool: NeedsScopes {}
extension ServerResource: NeedsScopes {}
extension ServerPrompt: NeedsScopes {}

extension NeedsScopes {
  /// Whether a caller may use it.
  func isOpen(to principal: Principal?) -> Bool {
    neededScopes.isEmpty || principal?.has(neededScopes) == true
  }

  /// - Throws: `RPCError` `.forbidden` naming the scopes it takes.
  func check(_ context: RequestContext, _ name: @autoclosure () -> String) throws(RPCError) {
    guard isOpen(to: context.principal) else { throw .insufficientScope(for: name(), needed: neededScopes) }
  }
}

extension Catalog where Entry: NeedsScopes {
  /// The scopes that any of its entries needs.
  var neededScopes: Set<String> { rows.reduce(into: []) { $0.formUnion($1.entry.neededScopes) } }

  /// Without what a caller may not use.
  func open(to principal: Principal?) -> Catalog {
    rows.allSatisfy { $0.entry.isOpen(to: principal) } ? self : filter { $0.isOpen(to: principal) }
  }
}

extension Service {
  /// The scopes that any of the server's features needs.
  var neededScopes: Set<String> { features?.current.neededScopes ?? [] }
}
