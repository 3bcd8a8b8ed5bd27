// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

extension HTTPTransport {
  /// The header of a POST with `message`, or of a request without body.
  func headers(for message: Message?) -> HTTPHeaders {
    var headers = HTTPHeaders()
    headers.add("Accept", "application/json, text/event-stream")
    if message != nil { headers.add("Content-Type", "application/json") }
    switch message {
    case .request(let request)? where request.isModern:
      addModern(request.method, Claim.version(named: request.params)?.string, &headers)
      if let member = request.method.namingMember, let name = request.params[member]?.string {
        headers.add("Mcp-Name", HeaderText.encode(name))
      }
      for header in state.withLock({ $0.mirror.headers(for: request) }) { headers.add(header.name, header.value) }
    case .request(let request)? where request.method == .initialize: break
    case .notification(let notification)?:
      if let modern = state.withLock({ $0.modern }) {
        addModern(notification.method, modern.rawValue, &headers)
      } else {
        addLegacy(&headers)
      }
    case .request?, .response?, nil: addLegacy(&headers)
    }
    for header in options.http.headers { headers.set(header.name, header.value) }
    return headers
  }

  /// Spec: 2026-07-28, basic/transports/streamable-http, "Request Metadata".
  private func addModern(_ method: Method, _ revision: String?, _ headers: inout HTTPHeaders) {
    if let revision { headers.add("MCP-Protocol-Version", revision) }
    headers.add("Mcp-Method", HeaderText.encode(method.rawValue))
  }

  /// Spec: 2025-11-25, basic/transports, "Session Management" and "Protocol Version Header".
  private func addLegacy(_ headers: inout HTTPHeaders) {
    let (sessionID, revision) = state.withLock { ($0.sessionID, $0.legacy) }
    if let sessionID { headers.add("Mcp-Session-Id", sessionID) }
    if let revision, revision.hasVersionHeader { headers.add("MCP-Protocol-Version", revision.rawValue) }
  }
}

extension Method {
  /// The parameter that `Mcp-Name` repeats.
  fileprivate var namingMember: String? {
    switch self {
    case .toolsCall, .promptsGet: "name"
    case .resourcesRead: "uri"
    case .tasksGet, .tasksUpdate, .tasksCancel: "taskId"
    default: nil
    }
  }
}
