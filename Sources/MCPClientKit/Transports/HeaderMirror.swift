// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Arguments that tools want repeated in HTTP headers.
///
/// Spec: 2026-07-28, basic/transports/streamable-http, "Custom Headers from Tool Parameters".
struct HeaderMirror {
  private var parameters: [String: [HeaderParameter]] = [:]

  /// Learns what the tools of one page want.
  /// - Returns: the page without the tools whose annotations are invalid, and why each was dropped.
  mutating func learn(from page: JSONObject) -> (page: JSONObject, dropped: [String]) {
    guard let tools = page["tools"]?.array else { return (page, []) }
    var kept: [JSON] = []
    var dropped: [String] = []
    for tool in tools {
      do throws(InvalidShape) {
        let found = try HeaderParameter.all(in: tool["inputSchema"] ?? .null)
        if let name = tool["name"]?.string { parameters[name] = found.isEmpty ? nil : found }
        kept.append(tool)
      } catch {
        dropped.append("\(tool["name"]?.string ?? "a tool"): \(error.message)")
      }
    }
    guard !dropped.isEmpty else { return (page, []) }
    var page = page
    page["tools"] = .array(kept)
    return (page, dropped)
  }

  /// The headers a call needs beyond the standard ones.
  func headers(for request: Request) -> [(name: String, value: String)] {
    guard request.method == .toolsCall, let tool = request.params["name"]?.string,
      let parameters = parameters[tool], let arguments = request.params["arguments"]
    else { return [] }
    return parameters.compactMap { parameter in
      parameter.value(in: arguments).flatMap(HeaderParameter.text).map { (parameter.header, HeaderText.encode($0)) }
    }
  }
}
