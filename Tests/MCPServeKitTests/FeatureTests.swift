// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPServeKit

struct FeatureTests {
  enum Units: String, ToolValue, CaseIterable { case celsius, fahrenheit }

  @Test func aNameIsItsBytes() throws {
    let features = try FeatureSet([.tool(ServerTool("revokeKeys", "Revokes.") { _ in .text("") })])
    #expect(features.tool("revokeKeys") != nil)
    #expect(features.tool("revoke\u{212A}eys") == nil, "the Kelvin sign is K in Unicode, and for no rule of access")
  }

  @Test func completionsAreRanked() async throws {
    let cities = Completions.among(["Bergen", "Lüneburg", "Oslo", "Burgos", "Hamburg", "Birmingham"])
    #expect(try await cities.suggest(.init(value: "bUrg")) == ["Burgos", "Lüneburg", "Hamburg"])
    #expect(try await cities.suggest(.init(value: "b")) == ["Bergen", "Burgos", "Birmingham", "Lüneburg", "Hamburg"])
    #expect(try await cities.suggest(.init(value: "bgn")) == ["Bergen"])
    #expect(try await cities.suggest(.init(value: "x")).isEmpty)
    #expect(try await cities.suggest(.init(value: "")).count == 6)
  }

  @Test func threeWaysOfDefiningAToolGiveOneSchema() throws {
    let typed = ServerTool(
      "weather", "Weather of a place.",
      Parameter<String>("location", "Where."), Parameter<Units>("units", "In which.", default: .celsius),
      Parameter<Int?>("days"), Parameter<[Double]>("points", "Points.")
    ) { _, _, _, _, _ in .text("") }
    let built = ToolBuilder("weather", "Weather of a place.")
      .string("location").description("Where.").required()
      .string("units", "In which.").oneOf("celsius", "fahrenheit").default("celsius")
      .integer("days")
      .input(ToolInput("points", schema: ["type": "array", "items": ["type": "number"]], "Points.")).required()
    let listed = Tool(
      "weather", "Weather of a place.",
      inputs: [
        ToolInput("location", .string, "Where.", isRequired: true),
        ToolInput(
          "units", schema: ["type": "string", "enum": ["celsius", "fahrenheit"]], "In which.", default: "celsius"),
        ToolInput("days", .integer),
        ToolInput("points", schema: ["type": "array", "items": ["type": "number"]], "Points.", isRequired: true),
      ])
    let schema: JSONObject = [
      "type": "object",
      "properties": [
        "location": ["type": "string", "description": "Where."],
        "units": [
          "type": "string", "enum": ["celsius", "fahrenheit"], "description": "In which.", "default": "celsius",
        ],
        "days": ["type": "integer"],
        "points": ["type": "array", "items": ["type": "number"], "description": "Points."],
      ],
      "required": ["location", "points"],
    ]
    #expect(typed.tool.inputSchema == schema)
    #expect(built.tool.inputSchema == schema)
    #expect(listed.inputSchema == schema)
  }

  @Test(arguments: [
    #"{}"#, #"{"a":"x"}"#, #"{"a":1,"b":1.5}"#, #"{"a":null,"b":true,"c":1}"#, #"{"a":1,"b":2,"c":"x"}"#,
    #"{"a":1.0,"b":1e2}"#,
  ])
  func typedAndUntypedToolsFindTheSameFaults(_ arguments: String) async throws {
    let typed = ServerTool(
      "t", "", Parameter<Double>("a"), Parameter<Int>("b", default: 5), Parameter<Bool?>("c")
    ) { _, a, b, c in .text("\(a) \(b) \(String(describing: c))") }
    let untyped = try ServerTool(typed.tool) { _, arguments in
      .text("\(arguments["a"]?.double ?? 0) \(arguments["b"]?.int ?? 0) \(String(describing: arguments["c"]?.bool))")
    }
    let answers = try await [typed, untyped].asyncMap { tool in
      let server = try Server(name: "s", version: "1") { tool }
      let request = Request(
        id: .number(1), method: .toolsCall, params: ["name": "t", "arguments": try JSON(parsing: arguments)])
      return try await server.handle(request, in: RequestContext(id: .number(1), revision: .latest))
    }
    #expect(answers[0] == answers[1])
  }

  private func bounded() throws -> ServerTool {
    ServerTool(
      "t", "", Parameter<Int>("days", default: 3).minimum(1).maximum(14),
      Parameter<String?>("city").minLength(1).maxLength(5), Parameter<Double?>("share").maximum(0.5)
    ) { _, days, city, share in .text("\(days) \(city ?? "-") \(share ?? -1)") }
  }

  @Test func boundsAreInTheSchemaWhicheverWayAToolIsDefined() throws {
    let schema: JSONObject = [
      "type": "object",
      "properties": [
        "days": ["type": "integer", "minimum": 1, "maximum": 14, "default": 3],
        "city": ["type": "string", "minLength": 1, "maxLength": 5], "share": ["type": "number", "maximum": 0.5],
      ],
    ]
    #expect(try bounded().tool.inputSchema == schema)
    let built = ToolBuilder("t", "").integer("days").minimum(1).maximum(14).default(3)
      .string("city").minLength(1).maxLength(5).number("share").maximum(0.5)
    #expect(built.tool.inputSchema == schema)
  }

  @Test(arguments: [
    (#"{}"#, "3 - -1.0"), (#"{"days":1,"city":"Århus","share":0.5}"#, "1 Århus 0.5"), (#"{"days":14}"#, "14 - -1.0"),
    (#"{"days":0}"#, nil), (#"{"days":15,"city":"","share":0.51}"#, nil), (#"{"city":"Bergen"}"#, nil),
    (#"{"days":"x","city":7}"#, nil), (#"{"days":99999999999999999999}"#, nil),
  ])
  func whatIsOutOfBoundsIsRefusedAndNamed(_ arguments: String, answer: String?) async throws {
    let typed = try bounded()
    let untyped = try ServerTool(typed.tool) { _, arguments in
      .text("\(arguments["days"]?.int ?? 0) \(arguments["city"]?.string ?? "-") \(arguments["share"]?.double ?? -1)")
    }
    let answers = try await [typed, untyped].asyncMap { tool in
      let server = try Server(name: "s", version: "1") { tool }
      let request = Request(
        id: .number(1), method: .toolsCall, params: ["name": "t", "arguments": try JSON(parsing: arguments)])
      return try await server.handle(request, in: RequestContext(id: .number(1), revision: .latest))
    }
    if !arguments.contains("9999") { #expect(answers[0] == answers[1]) }
    if let answer { #expect("\(answers[0])".contains(answer)) } else { #expect("\(answers[0])".contains("must ")) }
  }

  @Test func boundsThatMakeNoSenseAreRefused() {
    for parameter in [Parameter<Int>("days", default: 0).minimum(1), Parameter<Int>("days", default: 9).maximum(8)] {
      let error = #expect(throws: FeatureError.self) {
        try FeatureSet([.tool(ServerTool("t", "", parameter) { _, _ in .text("") })])
      }
      #expect(error?.code == .malformed)
      #expect(error?.message.hasPrefix("tool t: the default of 'days' is outside its bounds: days must be at ") == true)
    }
    let negative = Parameter<String>("city").maxLength(-1)
    #expect(throws: FeatureError.self) {
      try FeatureSet([.tool(ServerTool("t", "", negative) { _, _ in .text("") })])
    }
  }

  @Test(arguments: ["", "with space", "sl/ash", "ümlaut", String(repeating: "x", count: 129)])
  func illegalToolNamesAreRefused(_ name: String) throws {
    let error = #expect(throws: FeatureError.self) {
      try FeatureSet().register(Tool(name, "", inputs: [])) { _, _ in .text("") }
    }
    #expect(error?.code == .illegalName)
  }

  @Test func namesAreTakenOnce() throws {
    let features = try FeatureSet([.tool(tool("a"))])
    let error = #expect(throws: FeatureError.self) { try features.register(tool("a")) }
    #expect(error?.code == .duplicate)
    #expect(error?.message.contains("'a'") == true)
    // All or none.
    #expect(throws: FeatureError.self) { try features.register([.tool(tool("b")), .tool(tool("a"))]) }
    #expect(features.tool("b") == nil)
  }

  @Test func brokenSchemasAndTemplatesAreRefused() throws {
    let error = #expect(throws: FeatureError.self) {
      try ServerTool(Tool(name: "x", inputSchema: ["type": "object", "properties": ["a": ["type": 7]]])) { _, _ in
        .text("")
      }
    }
    #expect(error?.code == .malformed)
    #expect(throws: FeatureError.self) {
      try FeatureSet().register(
        ServerResource(template: ResourceTemplate(uriTemplate: "x://{", name: "x")) { _, _, _ in [] })
    }
    #expect(throws: FeatureError.self) {
      try FeatureSet().register(ServerResource(Resource(uri: "no-scheme", name: "x"), text: ""))
    }
  }

  @Test func aHandlerMaySetLater() async throws {
    let features = try FeatureSet([.tool(ServerTool(Tool("late", "", inputs: [])))])
    let server = Server(Implementation(name: "s", version: "1"), features: features)
    await #expect(throws: RPCError(.internalError, "tool late has no handler yet: try again later")) {
      try await call("late", of: server)
    }
    try features.setHandler(of: "late") { _, _ in .text("now") }
    #expect(try await call("late", of: server) == .complete(ToolResult.text("now").json))
    #expect(throws: FeatureError.self) { try features.setHandler(of: "never") { _, _ in .text("") } }
  }

  @Test func listenersAreToldWhatChanged() throws {
    let features = try FeatureSet()
    let said = Mutex<[Announcement]>([])
    let listener = features.addListener { announcement in said.withLock { $0.append(announcement) } }
    try features.register(tool("a"))
    try features.register(ServerPrompt("p", "") { _, _ in [] })
    try features.setHandler(of: "a") { _, _ in .text("") }
    features.resourceUpdated("test://text")
    features.unregister(tool: "a")
    features.unregister(tool: "a")
    features.removeListener(listener)
    features.unregister(prompt: "p")
    #expect(
      said.withLock { $0 } == [
        .listChanged(.tools), .listChanged(.prompts), .resourceUpdated("test://text"), .listChanged(.tools),
      ])
  }

  @Test func aBuilderTakesConditionsAndLoops() throws {
    let isOn = true
    let server = try Server(name: "s", version: "1") {
      tool("always")
      if isOn { tool("sometimes") } else { tool("otherwise") }
      for name in ["one", "two"] { tool(name) }
      switch isOn {
      case true: tool("on")
      case false: tool("off")
      }
    }
    #expect(server.features.tools.map(\.name) == ["always", "sometimes", "one", "two", "on"])
  }

  private func tool(_ name: String) -> ServerTool { ServerTool(name, "") { _ in .text(name) } }
}

extension Array {
  func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}

/// Calls a tool as a modern client would.
@discardableResult
func call(_ name: String, _ arguments: JSONObject = [:], of server: Server) async throws -> Reply {
  try await server.handle(
    Request(id: .number(1), method: .toolsCall, params: ["name": .string(name), "arguments": .object(arguments)]),
    in: RequestContext(id: .number(1), revision: .latest))
}
