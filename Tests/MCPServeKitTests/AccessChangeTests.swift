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
      func status() async throws -> Int {
        try await peer.ask("GET", "/tools/list", ["Origin": "https://one.example"]).status
      }
      // The same head, one request after the other on one connection, so that its route is chosen once.
      #expect(try await status() == 200)
      #expect(try await status() == 200)
      access.allow(hosts: [], origins: ["https://two.example"])
      #expect(try await status() == 403)
      access.allow(hosts: [], origins: ["https://one.example"])
      #expect(try await status() == 200)
    }
  }
}
