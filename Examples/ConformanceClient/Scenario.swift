// SPDX-License-Identifier: Apache-2.0
import MCPClientKit

/// One behaviour the harness can ask for.
struct Scenario: Sendable {
  typealias Run = @Sendable (_ client: Client, _ context: JSON) async throws -> Void

  let capabilities: JSONObject
  /// Answers what the server asks.
  let responder: (any Responder)?
  /// Whether the revision asked for has to be spoken, and no other.
  let isAboutTheWire: Bool
  let run: Run

  init(
    capabilities: JSONObject = [:], responder: (any Responder)? = nil, isAboutTheWire: Bool = true, _ run: @escaping Run
  ) {
    self.capabilities = capabilities
    self.responder = responder
    self.isAboutTheWire = isAboutTheWire
    self.run = run
  }

  static let all: [String: Scenario] = [
    "initialize": Scenario { client, _ in _ = try await client.listTools() },
    "tools_call": Scenario { client, _ in try await addNumbers(client) },
    "json-schema-ref-no-deref": Scenario(isAboutTheWire: false) { client, _ in _ = try await client.listTools() },
    "json-schema-2020-12-preservation": Scenario { client, _ in try await echoSchema(client) },
    "request-metadata": Scenario(capabilities: ["sampling": [:], "roots": [:], "elicitation": [:]]) { client, _ in
      try await addNumbers(client)
    },
    "sse-retry": Scenario { client, _ in _ = try await client.callTool("test_reconnection") },
    "elicitation-sep1034-client-defaults": Scenario(responder: accepting([:])) { client, _ in
      _ = try await client.callTool("test_client_elicitation_defaults")
    },
    "sep-2322-client-request-state": Scenario(responder: accepting(["confirmed": true])) { client, _ in
      for suffix in ["echo_state", "unrelated", "no_state", "no_result_type"] {
        _ = try await client.callTool("test_mrtr_\(suffix)")
      }
    },
    "http-standard-headers": Scenario { client, _ in try await useEverything(client) },
    "http-custom-headers": Scenario { client, context in try await makeCalls(client, context) },
    "http-invalid-tool-headers": Scenario { client, _ in try await callEveryTool(client) },
  ]

  /// Accepts every form with `content`; what that leaves out has the form's defaults.
  private static func accepting(_ content: JSONObject) -> any Responder {
    CustomResponder(.forms) { _ in ["action": "accept", "content": .object(content)] }
  }

  private static func addNumbers(_ client: Client) async throws {
    _ = try await client.listTools()
    _ = try await client.callTool("add_numbers", ["a": 5, "b": 3])
  }

  /// Sends a schema back as it was listed, member for member.
  private static func echoSchema(_ client: Client) async throws {
    let tools = try await client.list(.tools)["tools"]?.array ?? []
    guard let schema = tools.first(where: { $0["name"] == "json_schema_2020_12_tool" })?["inputSchema"] else {
      throw Problem("the server lists no json_schema_2020_12_tool")
    }
    _ = try await client.callTool("json_schema_echo", ["schema": schema])
  }

  private static func useEverything(_ client: Client) async throws {
    try await callEveryTool(client)
    for resource in try await client.listResources() {
      try await tolerating { _ = try await client.readResource(resource.uri) }
    }
    for prompt in try await client.listPrompts() {
      let arguments = Dictionary(prompt.arguments.map { ($0.name, "x") }, uniquingKeysWith: { first, _ in first })
      try await tolerating { _ = try await client.getPrompt(prompt.name, arguments) }
    }
  }

  private static func callEveryTool(_ client: Client) async throws {
    for tool in try await client.listTools() {
      try await tolerating { _ = try await client.callTool(tool.name, sampleArguments(for: tool)) }
    }
  }

  /// What is used may fail, for want of good arguments or a capability; that it was used with the right headers counts.
  private static func tolerating(_ use: () async throws -> Void) async throws {
    do {
      try await use()
    } catch let error as ClientError where error.code == .rpc {}
  }

  private static func sampleArguments(for tool: Tool) -> JSONObject {
    var arguments = JSONObject()
    for property in tool.inputSchema["properties"]?.object?.members ?? [] {
      switch property.value["type"]?.string {
      case "string": arguments[property.name] = "x"
      case "integer", "number": arguments[property.name] = 1
      case "boolean": arguments[property.name] = true
      default: break
      }
    }
    return arguments
  }

  private static func makeCalls(_ client: Client, _ context: JSON) async throws {
    _ = try await client.listTools()
    for call in context["toolCalls"]?.array ?? [] {
      guard let name = call["name"]?.string else { throw Problem("a tool call of the context has no name") }
      _ = try await client.callTool(name, call["arguments"]?.object ?? [:])
    }
  }
}
