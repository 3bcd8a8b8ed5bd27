// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability

/// `POST /reload-config`: has the configuration read anew for who has the admin key. Without a key there is nothing here.
struct ReloadEndpoint: Sendable {
  static let path = "/reload-config"

  let key: AdminKey
  let reloader: Reloader
  let logger: Logger
  /// How often an address may be wrong.
  private let failures = RateLimiter([RateLimit(10, per: .seconds(60))])

  init(_ key: AdminKey, _ reloader: Reloader, logger: Logger) {
    (self.key, self.reloader, self.logger) = (key, reloader, logger)
  }

  func step(_ exchange: HTTPExchange) -> HTTPStep {
    let request = exchange.request
    guard key.isSet else {
      return .ready(.error(.notFound, RPCError(.invalidRequest, "there is nothing at \(request.path)")))
    }
    guard request.method == .post else { return .ready(.methodNotAllowed("POST")) }
    let address = exchange.terms.origin.client.neighbourhood.host
    // Who has the key is let in whoever else was wrong at that address.
    guard case .secret(let secret) = PresentedCredentials(request.headers), key.isKey(secret) else {
      let limit = AddressLimit(failures, for: exchange.terms.origin.client)
      return .ready(limit.refusal("this address was wrong too often") ?? refusal(of: request, from: address))
    }
    return .work { [reloader, logger] in
      logger.info("reload asked for", [("from", address)])
      let report = await reloader.reload()
      return .json(JSON.object(report.details).bytes, report.isReloaded ? .ok : 422)
    }
  }

  private func refusal(of request: HTTPRequest, from address: String) -> HTTPAnswer {
    let why = "reloading needs the admin key, as Authorization: Bearer"
    logger.warning("refused", [("status", "401"), ("path", request.path), ("from", address), ("reason", why)])
    var answer = HTTPAnswer.error(.unauthorized, RPCError(.invalidRequest, why))
    answer.headers.add("WWW-Authenticate", "Bearer")
    return answer
  }
}
