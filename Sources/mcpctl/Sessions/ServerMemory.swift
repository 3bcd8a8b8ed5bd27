// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPConfig
import MCPRedis

/// The sessions in the memory of one server, as it tells them to who has its admin key.
struct ServerMemory: Sendable {
  /// Where the admin key is when no configuration has it.
  static let variable = "MCPCTL_ADMIN_KEY"
  /// The longest list.
  private static let limit = 64 << 20

  private let url: String
  private let key: String
  private let console: Console

  /// - Parameter place: `http://HOST:PORT`, or `https://`; what follows does not matter.
  /// - Throws: `Failure` when there is no key.
  init(_ place: String, _ config: ServerConfig, _ console: Console) throws(Failure) {
    guard let origin = HTTPURL.origin(of: place) else {
      throw Failure(
        .usage, "store", "'\(safeText(HTTPURL.shown(place)))' is no URL", hint: "write it as http://HOST:PORT")
    }
    url = "\(origin)/admin/sessions"
    guard let key = config.secret("auth.admin_key")?.reveal() ?? console.environment(Self.variable), !key.isEmpty else {
      throw Failure(
        .unauthorized, "admin_key", "the sessions in a server's memory are shown to who has its admin key",
        hint: "put it into \(Self.variable), or name the server's configuration with --config")
    }
    (self.key, self.console) = (key, console)
  }

  /// Whether a store is the memory of a server.
  static func isMeant(by store: String?) -> Bool {
    store?.hasPrefix("http://") == true || store?.hasPrefix("https://") == true
  }

  /// The sessions that are meant, those used last first.
  func rows(_ selector: Selector) async throws(Failure) -> [SessionRow] {
    let answer = try await ask(.get, nil)
    guard answer.status == 200, let now = answer.json["now"]?.int, let found = answer.json["sessions"]?.array else {
      throw fault(answer)
    }
    if let total = answer.json["total"]?.int, total > found.count {
      console.error.print("warning: of its \(total) sessions the server tells the \(found.count) used last")
    }
    return found.compactMap { SessionRow($0, service: answer.json["service"]?.string, now: now) }.filter(selector.holds)
      .sorted { ($0.record.lastActive ?? 0) > ($1.record.lastActive ?? 0) }
  }

  /// All that is known of a session, and the row of it.
  func required(_ id: String) async throws(Failure) -> (row: SessionRow, details: JSONObject) {
    let answer = try await ask(.get, id)
    guard answer.status != 404 || answer.isTold else { throw fault(answer) }
    guard answer.status == 200, let now = answer.json["now"]?.int, let object = answer.json["sessions"]?[0],
      let row = SessionRow(object, service: answer.json["service"]?.string, now: now), let details = object.object
    else {
      if answer.status == 404 { throw StoreInspector.unknown(id) }
      throw fault(answer)
    }
    return (row, details)
  }

  /// Ends a session.
  func end(_ id: String) async throws(Failure) -> StoreInspector.Ending {
    let answer = try await ask(.delete, id)
    switch answer.status {
    case 204: return .ended
    case 404 where answer.isTold: return .unknown
    default: throw fault(answer)
    }
  }

  private struct Answer {
    let status: Int
    let json: JSON
    /// Whether the server speaks of a session: where there is no such path it speaks of that.
    var isTold: Bool { json["error"]?["message"]?.string?.hasPrefix("there is no such session") == true }
  }

  private func ask(_ method: HTTPMethod, _ id: String?) async throws(Failure) -> Answer {
    do {
      var headers: HTTPHeaders = ["Accept": "application/json", "Authorization": "Bearer \(key)"]
      if let id {
        guard !id.isEmpty, id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw StoreInspector.unknown(id) }
        headers.add("Mcp-Session-Id", id)
      }
      let client = try HTTPClient()
      defer { client.close() }
      let response = try await client.send(.init(method, url, headers: headers, totalTimeout: .seconds(30)))
      let body = try await response.body.collect(limit: Self.limit)
      let json = (try? JSON(parsing: body, limits: JSONLimits(bytes: Self.limit))) ?? .null
      return Answer(status: response.status.rawValue, json: json)
    } catch let error as IOError {
      throw Failure(.unreachable, error.code.rawValue, error.message)
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(.internalError, "store", "\(error)")
    }
  }

  private func fault(_ answer: Answer) -> Failure {
    let place = HTTPURL.shown(url)
    switch answer.status {
    case 401:
      return Failure(
        .unauthorized, "admin_key", "the server at \(place) has another admin key",
        hint: "its configuration has it: auth.admin_key")
    case 404:
      return Failure(
        .notFound, "no_sessions",
        "there is nothing at \(place): the server has no auth.admin_key, so nobody may look at its sessions",
        hint:
          "with the key set it shows them; servers that share theirs in Redis are asked with --store redis://HOST:PORT")
    default:
      let said = answer.json["error"]?["message"]?.string.map { ": \(safeText(String($0.prefix(200))))" } ?? ""
      return Failure(.protocolError, "http_status", "\(place) answered with HTTP \(answer.status)\(said)")
    }
  }
}

extension SessionRow {
  /// A session as a server tells of it; nil when it has no id.
  fileprivate init?(_ json: JSON, service: String?, now: Int) {
    guard let id = json["id"]?.string else { return nil }
    self.init(
      SessionRecord(
        id: id, node: nil, clientName: json["clientInfo"]?["name"]?.string,
        clientVersion: json["clientInfo"]?["version"]?.string, revision: json["protocolVersion"]?.string,
        principal: json["principal"]?.string, state: json["state"]?.string, transport: json["transport"]?.string,
        service: service, createdAt: json["createdAt"]?.int, lastActive: json["lastActive"]?.int,
        expiresAt: json["expiresAt"]?.int, lifetime: json["lifetime"]?.int,
        subscriptions: json["subscriptions"]?.array?.compactMap(\.string) ?? []),
      now: now)
  }
}
