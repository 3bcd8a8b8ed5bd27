// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import Observability

/// `mcpctl auth status`
struct AuthStatusCommand: Command {
  static let info = CommandInfo(
    "status", "Say for which servers there are tokens, and until when.",
    discussion: [
      "Tokens are never shown. For one server the exit code says whether there is a token that can be used."
    ],
    examples: [
      .init("mcpctl auth status", "Lists all servers you are logged in to."),
      .init("mcpctl auth status https://example.com/mcp", "Ends with 4 when you are not logged in."),
    ])

  @Argument(authTargetHelp, value: "target") var target: String?
  @Group("Connection") var connection: ConnectionOptions
  @Group("Output") var output: OutputOptions
  @Group("Messages") var talk: TalkOptions

  func run(in console: Console) async throws -> ExitCode {
    let now = Timestamp.now.milliseconds / 1000
    let talk = Talk(talk, console)
    guard target == nil && connection.server == nil else { return try await showOne(now, talk, console) }
    guard let store = HidingStore(console, talk) else {
      throw Failure(.badConfiguration, "config", "there is no place for tokens: set HOME or XDG_STATE_HOME")
    }
    let grants: [Grant]
    do throws(ClientError) {
      grants = try await store.grants()
    } catch {
      throw Failure(error, server: "the store of tokens")
    }
    if grants.isEmpty { output.printer.tell(empty: Self.nothing, talk, on: console) }
    try output.printer.show(Presentation(grants: grants, now: now), on: console)
    return .success
  }

  /// What is said when there are no tokens.
  static let nothing = "not logged in anywhere"

  private func showOne(_ now: Int, _ talk: Talk, _ console: Console) async throws -> ExitCode {
    let target = try await AuthTarget(target, connection, console)
    let authorizer = try target.authorizer(.init(), talk, console)
    let grant: Grant
    do throws(ClientError) {
      guard let found = try await authorizer.grant() else {
        throw ClientError(.unauthorized, "you are not logged in to \(HTTPURL.shown(authorizer.server))")
      }
      grant = found
    } catch {
      let hint = error.code == .unauthorized ? "`mcpctl auth login \(HTTPURL.shown(target.url))` gets a token" : nil
      throw Failure(error, server: HTTPURL.shown(target.url), missing: hint)
    }
    try output.printer.show(Presentation(grants: [grant], now: now), on: console)
    return grant.isUsable(at: now) ? .success : .unauthorized
  }
}

extension Presentation {
  /// What is known of grants, without what is secret.
  init(grants: [Grant], now: Int) {
    let items = grants.map { JSON.object($0.summary(at: now)) }
    self.init(
      list: ["grants": .array(items)], items: items,
      table: Table(
        columns: [
          .init(heading: "SERVER"), .init(heading: "STATE"), .init(heading: "SCOPES"), .init(heading: "ISSUER"),
          .init(heading: "CLIENT", isWide: true),
        ],
        rows: grants.map {
          [$0.server, $0.state(at: now), $0.scopes.joined(separator: " "), $0.issuer, $0.client.id]
        }), empty: AuthStatusCommand.nothing)
  }

  /// What came of a login.
  init(loggedIn grant: Grant) {
    let scopes = grant.scopes.isEmpty ? "" : ", scopes \(grant.scopes.joined(separator: " "))"
    self.init(
      .object(grant.summary(at: Timestamp.now.milliseconds / 1000)),
      text: "logged in to \(grant.server) (\(grant.issuer)\(scopes))")
  }
}

extension Grant {
  /// Whether it gets a request through, as far as this side can tell.
  fileprivate func isUsable(at now: Int) -> Bool { isRenewable || (expiresAt.map { $0 > now } ?? true) }

  fileprivate func state(at now: Int) -> String {
    guard let expiresAt else { return "valid" }
    if expiresAt > now { return "valid for \(Duration.seconds(expiresAt - now).rough)" }
    return isRenewable ? "renewed when used" : "over"
  }

  fileprivate func summary(at now: Int) -> JSONObject {
    var object: JSONObject = [
      "server": .string(server), "issuer": .string(issuer), "clientId": .string(client.id),
      "clientOrigin": .string(client.origin.rawValue), "scopes": .array(scopes.map(JSON.string)),
      "state": .string(state(at: now)), "isRenewable": .bool(isRenewable),
    ]
    object["resource"] = resource.map(JSON.string)
    object["expiresAt"] = expiresAt.map { .string(Timestamp(milliseconds: $0 * 1000).description) }
    return object
  }
}

extension Duration {
  /// In the largest unit there is at least one of.
  fileprivate var rough: String {
    let seconds = Int(components.seconds)
    return seconds < 120
      ? "\(seconds) s"
      : seconds < 7200
        ? "\(seconds / 60) min"
        : seconds < 172_800
          ? "\(seconds / 3600) h" : "\(seconds / 86_400) days"
  }
}
