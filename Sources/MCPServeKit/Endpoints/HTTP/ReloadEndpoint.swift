// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit

/// `POST /reload-config`: has the configuration read anew for who has the admin key. Without a key there is nothing here.
struct ReloadEndpoint: Sendable {
  static let path = "/reload-config"

  let gate: AdminGate
  let reloader: Reloader

  func step(_ exchange: HTTPExchange) -> HTTPStep {
    if let refusal = gate.refusal(of: exchange, methods: [.post], to: "reloading") { return .ready(refusal) }
    return .work { [reloader, gate] in
      gate.logger.info("reload asked for", [("from", AdminGate.address(of: exchange))])
      let report = await reloader.reload()
      return .json(JSON.object(report.details).bytes, report.isReloaded ? .ok : 422)
    }
  }
}
