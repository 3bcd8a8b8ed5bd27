// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import Testing

@testable import MCPRedis
@testable import mcpctl

@Suite struct SelectorTests {
  private let now = 10_000_000

  private func row(
    _ id: String = "a", node: String? = "n1", client: String? = "claude-code", version: String? = "2.1", idle: Int = 0
  ) -> SessionRow {
    SessionRow(
      SessionRecord(
        id: id, node: node, clientName: client, clientVersion: version, revision: "2025-06-18",
        principal: "ada@example.com", state: "initialized", transport: "streamable-http", service: "mcpctl",
        createdAt: now - 7_200_000, lastActive: now - idle * 1000, expiresAt: now + 10_000_000, lifetime: 1_800_000,
        subscriptions: ["a://b"]), now: now)
  }

  @Test(arguments: [
    ("idle>1h", false), ("idle>=30s", true), ("idle<2m,node=n1", true), ("idle<2m,node=n2", false), ("node!=n2", true),
    ("client=claude-code", true), ("client=claude*", true), ("client=*code", true), ("client=c*-*e", true),
    ("client=claude", false), ("client=claude-code/2.*", true), ("client!=claude*", false), ("version==2.1", true),
    ("user=ada@example.com", true), ("era=legacy", true), ("era=modern", false), ("era=2025-06-18", true),
    ("age>1h", true), ("age > 3h", false), ("ttl<=29m", true), ("ttl>29m", false), ("subs=1", true), ("subs>1", false),
    ("state=initialized,transport=streamable-http,service=mcpctl,id=a", true),
  ])
  func aConditionHoldsOrDoesNot(_ text: String, _ holds: Bool) throws {
    #expect(try Selector(argument: text).holds(for: row(idle: 61)) == holds)
  }

  @Test(arguments: [
    ("idle", "'idle' is no condition"), ("", "'' is no condition"), ("node=", "is no condition"),
    ("nod=n1", "did you mean 'node'?"),
    ("colour=red", "they have id, client"), ("idle=1h", "idle is compared with > or <"),
    ("node>n1", "node is compared with = or !="),
    ("idle>long", "'long' is not a duration"), ("node=n1,", "'' is no condition"),
  ])
  func whatIsNoConditionIsExplained(_ text: String, _ reason: String) {
    do throws(ValueFault) {
      _ = try Selector(argument: text)
      Issue.record("'\(text)' was taken for a selector")
    } catch {
      #expect(error.message.contains(reason), "\(error.message)")
    }
  }

  @Test func whatIsNotKnownFulfilsNoConditionOnTime() throws {
    let record = SessionRecord(
      id: "a", node: nil, clientName: nil, clientVersion: nil, revision: nil, principal: nil, state: nil,
      transport: nil,
      service: nil, createdAt: nil, lastActive: nil, expiresAt: nil, lifetime: nil, subscriptions: [])
    let row = SessionRow(record, now: now)
    #expect(try !Selector(argument: "idle>1s").holds(for: row) && !Selector(argument: "idle<1s").holds(for: row))
    #expect(row.cells(showsIdentity: false) == ["a", "", "", "?", "", "?", "?", "0", "?", "?", "", "", ""])
  }

  @Test func timesAreShownInTheUnitThatMatters() {
    #expect(
      [0, 119_999, 120_000, 7_199_999, 7_200_000, 172_800_000].map(spokenTime) == [
        "0s", "119s", "2m", "119m", "2h", "2d",
      ])
  }

  @Test func aUserIsShownInFullOnlyWhenAsked() {
    #expect(row().user(isShown: false) == "ada…" && row().user(isShown: true) == "ada@example.com")
    #expect(masked("bob") == "…" && masked("") == "…")
    #expect(row().json(showsIdentity: false)["user"] == "ada…")
  }

  @Test func aNodeThatIsGoneIsMarked() {
    var row = row()
    row.isNodeAlive = false
    #expect(row.cells(showsIdentity: false)[1] == "n1†")
    row.isNodeAlive = true
    #expect(row.cells(showsIdentity: false)[1] == "n1")
  }

  @Test func pagesOfATableKeepTheirColumns() throws {
    let console = MemoryConsole()
    var pages = Pages(Output(format: .table, path: nil, file: nil), on: console.console)
    for rows in [["a", "bb"], ["cccc"]] {
      let table = Table(columns: [.init(heading: "ID"), .init(heading: "N")], rows: rows.map { [$0, "1"] })
      try pages.show(Presentation(list: [:], items: [], table: table, empty: ""))
    }
    #expect(console.output == "ID  N\na   1\nbb  1\ncccc  1\n")
  }
}
