// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import MCPServeKit

/// Who may call changes while connections are open.
@Suite struct AccessChangeTests {
  @Test func aHeadThatIsKnownIsHeldAgainstTheNewListsToo() async throws {
    let access = HTTPAccess(origins: ["https://one.example"])
    try await withSite(options: { $0.access = access }) { site in
      let peer = try site.peer()
      func ask() async throws -> String {
        let answer = try await peer.ask("GET", "/tools/list", ["Origin": "https://one.example"])
        return "\(answer.status) \(answer.headers["access-control-allow-origin"] ?? "-")"
      }
      // The same head, one request after the other on one connection, so that its route is chosen once.
      #expect(try await ask() == "200 https://one.example")
      #expect(try await ask() == "200 https://one.example")
      access.allow(hosts: [], origins: ["https://two.example"])
      #expect(try await ask() == "403 -")
      access.allow(hosts: [], origins: ["https://one.example"])
      #expect(try await ask() == "200 https://one.example")
    }
  }
}
