// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Observability

/// Lets in who has the admin key. Without a key there is nothing at its paths.
struct AdminGate: Sendable {
  let key: AdminKey
  let logger: Logger
  /// How often an address may be wrong.
  private let failures = RateLimiter([RateLimit(10, per: .seconds(60))])

  init(_ key: AdminKey, logger: Logger) { (self.key, self.logger) = (key, logger) }

  /// Why a request is not let in; nil when it is.
  /// - Parameters:
  ///   - methods: what the path answers.
  ///   - what: what needs the key, such as `reloading`.
  func refusal(of exchange: HTTPExchange, methods: [HTTPMethod], to what: String) -> HTTPAnswer? {
    let request = exchange.request
    guard key.isSet else {
      return .error(.notFound, RPCError(.invalidRequest, "there is nothing at \(request.path)"))
    }
    guard methods.contains(request.method) else {
      return .methodNotAllowed(methods.map(\.description).joined(separator: ", "))
    }
    // Who has the key is let in whoever else was wrong at that address.
    if case .secret(let secret) = PresentedCredentials(request.headers), key.isKey(secret) { return nil }
    let limit = AddressLimit(failures, for: exchange.terms.origin.client)
    if let refusal = limit.refusal(of: exchange, "this address was wrong too often") { return refusal }
    let address = Self.address(of: exchange)
    let why = "\(what) needs the admin key, as Authorization: Bearer"
    logger.warning("refused", [("status", "401"), ("path", request.path), ("from", address), ("reason", why)])
    var answer = HTTPAnswer.error(.unauthorized, RPCError(.invalidRequest, why))
    answer.headers.add("WWW-Authenticate", "Bearer")
    return answer
  }

  /// Where a request comes from. Of an IPv6 address the network counts, because who has one has all of it.
  static func address(of exchange: HTTPExchange) -> String { exchange.terms.origin.client.neighbourhood.host }
}
