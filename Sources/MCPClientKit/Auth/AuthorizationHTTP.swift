// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// The few HTTP requests authorization takes, each with a limit on everything a server may send, and none to a place a
/// server must not send us.
struct AuthorizationHTTP: Sendable {
  /// The MCP server it is all about.
  let server: WebAddress
  let client: HTTPClient
  let revision: Revision
  let trace: (@Sendable (TraceEvent) -> Void)?

  /// How long one request may take.
  static let timeout = Duration.seconds(30)
  /// The longest answer in bytes.
  static let limit = 256 << 10

  /// What came of a request.
  struct Answer {
    let status: Int
    let object: JSONObject?

    var isSuccess: Bool { (200..<300).contains(status) }
  }

  /// `text` as a URL that may be asked or shown to the user: `https`, or this machine when the MCP server is on it too.
  ///
  /// Spec: 2026-07-28, basic/authorization, "Communication Security"; security best practices, "SSRF".
  func checked(_ text: String, _ what: String) throws(ClientError) -> WebAddress {
    let shown = HTTPURL.shown(String(text.prefix(200)))
    guard let address = WebAddress(text) else {
      throw ClientError(.unauthorized, "\(what) is no https URL and was refused: \(shown)")
    }
    guard address.isLoopback ? server.isLoopback : address.scheme == "https" && !address.isLinkLocal else {
      throw ClientError(
        .unauthorized,
        "\(what) must be https, and on this machine only for a server on this machine; refused: \(shown)")
    }
    return address
  }

  /// The JSON object at `address`; nil where there is none: HTTP 4xx, or the page some servers have for everything.
  func object(at address: WebAddress, _ what: String) async throws(ClientError) -> JSONObject? {
    let headers: HTTPHeaders = ["Accept": "application/json", "MCP-Protocol-Version": revision.rawValue]
    let answer = try await send(.get, address, headers, nil)
    if (400..<500).contains(answer.status) { return nil }
    guard answer.status == 200 else {
      throw ClientError(
        .httpStatus, "\(HTTPURL.shown(address.text)) answered with HTTP \(answer.status) instead of its \(what)",
        httpStatus: answer.status)
    }
    return answer.object
  }

  /// Posts a form.
  func post(
    form: [(String, String)], to address: WebAddress, authorization: String? = nil
  ) async throws(ClientError) -> Answer {
    var headers: HTTPHeaders = [
      "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded",
    ]
    if let authorization { headers.add("Authorization", authorization) }
    return try await send(.post, address, headers, Array(FormText.encode(form).utf8))
  }

  /// Posts JSON.
  func post(json: JSON, to address: WebAddress) async throws(ClientError) -> Answer {
    let headers: HTTPHeaders = ["Accept": "application/json", "Content-Type": "application/json"]
    return try await send(.post, address, headers, Array(json.text.utf8))
  }

  private func send(
    _ method: HTTPMethod, _ address: WebAddress, _ headers: HTTPHeaders, _ body: [UInt8]?
  ) async throws(ClientError) -> Answer {
    let shown = HTTPURL.shown(address.text)
    do {
      let response = try await client.send(
        .init(method, address.text, headers: headers, body: body, totalTimeout: Self.timeout))
      let bytes = try await response.body.collect(limit: Self.limit)
      trace?(.note("\(method) \(shown): HTTP \(response.status)"))
      return Answer(
        status: response.status.rawValue,
        object: try? JSONObject(parsing: bytes, limits: JSONLimits(bytes: Self.limit)))
    } catch {
      trace?(.note("\(method) \(shown): \(error.message)"))
      throw ClientError(error)
    }
  }
}

extension AuthorizationHTTP.Answer {
  /// What the server says went wrong, for people: short, on one line, without control characters.
  var reason: String {
    let parts = [object?["error"]?.string, object?["error_description"]?.string].compactMap(\.self)
    return parts.isEmpty ? "HTTP \(status)" : parts.map(plain).joined(separator: ": ")
  }
}

/// A server's words for people: short, on one line, without control characters.
func plain(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.prefix(300).filter { $0.value >= 0x20 && $0.value != 0x7F }))
}

extension JSON {
  /// The strings of an array, at most `limit`.
  func strings(limit: Int = 200) -> [String]? {
    array.map { $0.prefix(limit).compactMap(\.string) }
  }
}
