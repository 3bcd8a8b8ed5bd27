// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

extension AuthorizationHTTP {
  /// Sends the server a harmless request without a token, to hear what it wants to see.
  /// - Returns: its challenges; nil when it refused nothing.
  func refusal(
    revision: Revision, headers: [ClientOptions.HTTPOptions.Header]
  ) async throws(ClientError) -> [AuthenticationChallenge]? {
    let opening = Opening(server: server.text, options: ClientOptions())
    let request = revision.era == .modern ? opening.discovery(in: revision) : opening.handshake(in: revision)
    var fields: HTTPHeaders = [
      "Accept": "application/json, text/event-stream", "Content-Type": "application/json",
    ]
    if revision.hasVersionHeader { fields.add("MCP-Protocol-Version", revision.rawValue) }
    if revision.era == .modern { fields.add("Mcp-Method", request.method.rawValue) }
    for header in headers where header.name.lowercased() != "authorization" { fields.set(header.name, header.value) }
    let (status, challenges) = try await head(.post, fields, Array(Message.request(request).json.text.utf8))
    if status == 401 { return challenges }
    guard status == 404 || status == 405 else { return nil }
    // Perhaps it only knows the transport of 2024-11-05.
    fields.set("Accept", "text/event-stream")
    fields.remove("Content-Type")
    let (second, others) = try await head(.get, fields, nil)
    return second == 401 ? others : nil
  }

  private func head(
    _ method: HTTPMethod, _ headers: HTTPHeaders, _ body: [UInt8]?
  ) async throws(ClientError) -> (status: Int, challenges: [AuthenticationChallenge]) {
    trace?(.http(Redaction.lines(method, server.text, headers)))
    do throws(IOError) {
      let response = try await client.send(
        .init(method, server.text, headers: headers, body: body, idleTimeout: Self.timeout))
      response.body.cancel()
      trace?(.http(Redaction.lines(response.status, response.headers)))
      let challenges = AuthenticationChallenge.parse(response.headers.values(of: "WWW-Authenticate"))
      return (response.status.rawValue, challenges)
    } catch {
      throw ClientError(error)
    }
  }
}
