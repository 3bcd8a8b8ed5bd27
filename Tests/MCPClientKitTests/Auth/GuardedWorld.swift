// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPClientKit

/// A guarded MCP server and an authorization server at one port, which do what a test has them do, and remember what they
/// were asked.
final class GuardedWorld: HTTPHandler, HTTPRoute {
  /// What it does. `ORIGIN` in texts stands for its own `http://127.0.0.1:PORT`.
  struct Settings: Sendable {
    /// What a GET of a path brings.
    var documents = [
      "/.well-known/oauth-protected-resource/mcp": GuardedWorld.resource,
      "/.well-known/oauth-authorization-server/as": GuardedWorld.metadata,
    ]
    /// Where a GET of a path is redirected.
    var redirects: [String: String] = [:]
    /// `WWW-Authenticate` of a 401.
    var challenge: String? = #"Bearer realm="x""#
    /// What the token endpoint answers; nil a token that is good.
    var tokenAnswer: (@Sendable ([String: String]) -> (HTTPStatus, JSON)?)?
    /// What the registration endpoint answers; nil an id.
    var registrationAnswer: (HTTPStatus, JSON)?
    /// How long tokens live, in seconds.
    var lifetime = 3600
    /// Whether every token is refused.
    var refusesAll = false
    /// The scope a token needs for `tools/call`.
    var neededScope: String?
    /// What is granted whatever is asked for.
    var granted: String?
  }

  static let resource =
    #"{"resource": "ORIGIN/mcp", "authorization_servers": ["ORIGIN/as"], "scopes_supported": ["read"]}"#
  static let metadata = """
    {"issuer": "ORIGIN/as", "authorization_endpoint": "ORIGIN/as/authorize", "token_endpoint": "ORIGIN/as/token",
     "registration_endpoint": "ORIGIN/as/register", "revocation_endpoint": "ORIGIN/as/revoke",
     "code_challenge_methods_supported": ["S256"]}
    """

  struct Seen: Sendable {
    let line: String
    let query: String
    let headers: HTTPHeaders
    let body: String
    var form: [String: String] { FormText.decode(body) }
  }

  private struct State {
    var settings: Settings
    var origin = ""
    var seen: [Seen] = []
    var scopes: [String: [String]] = [:]
    var refreshTokens: Set<String> = []
    var count = 0
  }

  private let state: Mutex<State>

  private init(_ settings: Settings) { state = Mutex(State(settings: settings)) }

  var origin: String { state.withLock { $0.origin } }
  var url: String { origin + "/mcp" }
  var seen: [Seen] { state.withLock { $0.seen } }
  /// `GET /path`, `POST /path`, …
  var lines: [String] { seen.map(\.line) }
  func change(_ body: (inout Settings) -> Void) { state.withLock { body(&$0.settings) } }
  func asked(_ line: String) -> [Seen] { seen.filter { $0.line == line } }
  /// Forgets every access token.
  func forgetTokens() { state.withLock { $0.scopes = [:] } }

  static func running(
    _ settings: Settings = Settings(), _ body: (GuardedWorld) async throws -> Void
  ) async throws {
    let world = GuardedWorld(settings)
    let server = try HTTPServer(handler: world)
    let address = try server.start(on: .loopback(port: 0))
    world.state.withLock { $0.origin = "http://\(address)" }
    do { try await body(world) } catch { Issue.record(error) }
    await server.shutdown(within: .milliseconds(100))
  }

  /// An authorizer for the server, whose user agrees as `user` has it.
  func authorizer(
    _ store: any CredentialStore = MemoryCredentialStore(), user: User? = User(),
    _ change: (inout AuthorizationOptions) -> Void = { _ in }
  ) throws(ClientError) -> Authorizer {
    var options = AuthorizationOptions(clientName: "tests", patience: .seconds(20))
    if let user {
      options.showPage = { page in
        await user.open(page)
        return nil
      }
    }
    change(&options)
    return try Authorizer(for: url, store: store, options: options)
  }

  func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
    let body = String(decoding: request.body, as: UTF8.self)
    let seen = Seen(
      line: "\(request.method) \(request.path)", query: request.query ?? "", headers: request.headers, body: body)
    let (settings, origin) = state.withLock { state in
      state.seen.append(seen)
      return (state.settings, state.origin)
    }
    func answer(_ status: HTTPStatus, _ text: String, _ headers: HTTPHeaders = [:]) -> HTTPWork? {
      var headers = headers
      headers.add("Content-Type", "application/json")
      return response.answer(status, headers: headers, body: Array(text.replacing("ORIGIN", with: origin).utf8))
    }
    if let place = settings.redirects[request.path] {
      return answer(302, "", ["Location": place.replacing("ORIGIN", with: origin)])
    }
    switch seen.line {
    case "POST /mcp":
      let (status, text, headers) = serve(request, settings, origin)
      return answer(status, text, headers)
    case "POST /as/register", "POST /register":
      let (status, json) = settings.registrationAnswer ?? (201, ["client_id": .string("client-\(count())")])
      return answer(status, json.text)
    case "POST /as/token", "POST /token":
      let (status, json) = settings.tokenAnswer?(seen.form) ?? tokens(for: seen.form, settings)
      return answer(status, json.text)
    case "POST /as/revoke": return answer(200, "")
    default:
      guard request.method == .get, let document = settings.documents[request.path] else { return answer(404, "{}") }
      return answer(200, document)
    }
  }

  private func count() -> Int {
    state.withLock { state in
      state.count += 1
      return state.count
    }
  }

  /// Hands out tokens; a refresh token is good for once.
  private func tokens(for form: [String: String], _ settings: Settings) -> (HTTPStatus, JSON) {
    let number = count()
    return state.withLock { state in
      if form["grant_type"] == "refresh_token", state.refreshTokens.remove(form["refresh_token"] ?? "") == nil {
        return (400, ["error": "invalid_grant"])
      }
      let scope = settings.granted ?? form["scope"] ?? state.seen.last { $0.line == "USER" }?.body ?? "read"
      state.scopes["access-\(number)"] = scope.split(separator: " ").map(String.init)
      state.refreshTokens.insert("refresh-\(number)")
      return (
        200,
        [
          "access_token": .string("access-\(number)"), "token_type": "Bearer", "scope": .string(scope),
          "expires_in": .number(JSONNumber(settings.lifetime)), "refresh_token": .string("refresh-\(number)"),
        ]
      )
    }
  }

  /// The user agreed to these scopes, as the authorization server knows.
  func note(consent scopes: String) {
    state.withLock { $0.seen.append(Seen(line: "USER", query: "", headers: [:], body: scopes)) }
  }

  private func serve(
    _ http: HTTPRequest, _ settings: Settings, _ origin: String
  ) -> (HTTPStatus, String, HTTPHeaders) {
    let token = (http.headers["Authorization"] ?? "").split(separator: " ").last.map(String.init) ?? ""
    let scopes = state.withLock { $0.scopes[token] }
    guard let scopes, !settings.refusesAll else {
      let challenge = settings.challenge?.replacing("ORIGIN", with: origin)
      return (401, "{}", challenge.map { ["WWW-Authenticate": $0] } ?? [:])
    }
    guard let json = try? JSON(parsing: http.body), case .request(let request)? = try? Message(json) else {
      return (202, "", [:])
    }
    if request.method == .discover { return (200, request.answer(ScriptedServer.discovery).text, [:]) }
    if let needed = settings.neededScope, !scopes.contains(needed) {
      let challenge = "Bearer error=\"insufficient_scope\", scope=\"\(needed)\""
      return (403, "{}", ["WWW-Authenticate": challenge])
    }
    let result: JSONObject = ["resultType": "complete", "content": [["type": "text", "text": "done"]]]
    return (200, request.answer(.object(result)).text, [:])
  }
}

/// A user with a browser, who is let in and agrees.
final class User: Sendable {
  private let shown = Mutex<[String]>([])
  private let change: @Sendable (inout [String: String]) -> Void
  private let before: @Sendable (_ redirectURI: String, _ state: String) async -> Void
  private weak let world: GuardedWorld?

  /// - Parameters:
  ///   - before: what happens before the browser comes back.
  ///   - change: what is done to the answer it brings.
  init(
    of world: GuardedWorld? = nil,
    before: @escaping @Sendable (String, String) async -> Void = { _, _ in },
    change: @escaping @Sendable (inout [String: String]) -> Void = { _ in }
  ) { (self.world, self.before, self.change) = (world, before, change) }

  /// The pages that were shown.
  var pages: [String] { shown.withLock { $0 } }
  /// What the pages were asked with.
  var questions: [[String: String]] { pages.map { FormText.decode($0.split(separator: "?").last ?? "") } }

  func open(_ page: String) async {
    shown.withLock { $0.append(page) }
    let question = FormText.decode(page.split(separator: "?").last ?? "")
    if let scope = question["scope"] { world?.note(consent: scope) }
    await before(question["redirect_uri"] ?? "", question["state"] ?? "")
    var answer = ["code": "code-1", "state": question["state"] ?? ""]
    change(&answer)
    let query = FormText.encode(answer.map { ($0.key, $0.value) })
    _ = await visit("\(question["redirect_uri"] ?? "")?\(query)")
  }
}

/// Fetches a URL; the status, and the body as text.
@discardableResult
func visit(_ url: String, _ method: HTTPMethod = .get) async -> (status: Int, text: String)? {
  guard let client = try? HTTPClient() else { return nil }
  defer { client.close() }
  guard let response = try? await client.send(.init(method, url, totalTimeout: .seconds(10))),
    let bytes = try? await response.body.collect(limit: 1 << 16)
  else { return nil }
  return (response.status.rawValue, String(decoding: bytes, as: UTF8.self))
}
