// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit
import Testing

@testable import mcpctl

/// The tools `mcpctl` has without being told of any.
struct BuiltinTests {
  private func call(_ tool: String, _ arguments: JSONObject) async throws -> ToolResult? {
    let reply = try await BuiltinServer.make(version: "1").handle(
      Request(id: .number(1), method: .toolsCall, params: ["name": .string(tool), "arguments": .object(arguments)]),
      in: RequestContext(id: .number(1), revision: .latest))
    guard case .complete(let result, _) = reply else { return nil }
    return try ToolResult(json: result)
  }

  @Test(
    arguments: [
      (["a": 1, "b": 2], "3"), (["operation": "subtract", "a": 1, "b": 2], "-1"),
      (["operation": "multiply", "a": 1.5, "b": 2], "3"), (["operation": "divide", "a": 1, "b": 4], "0.25"),
      (["a": 9_007_199_254_740_993, "b": 1], "9007199254740994"), (["a": 0.5, "b": 0.25], "0.75"),
      (["operation": "divide", "a": 6, "b": 3], "2"),
    ] as [(JSONObject, String)])
  func theCalculatorCalculates(_ arguments: JSONObject, _ expected: String) async throws {
    let result = try await call("calculator", arguments)
    #expect(result?.content == [.text(expected)])
    #expect(result?.structuredContent?["result"]?.number?.text == expected)
  }

  @Test(
    arguments: [
      (["operation": "divide", "a": 1, "b": 0], "division by zero"),
      (["operation": "pow", "a": 1, "b": 2], "unknown operation: pow; use add, subtract, multiply or divide"),
      (["a": 1e308, "b": 1e308], "the result is too large"),
    ] as [(JSONObject, String)])
  func theCalculatorSaysWhyNot(_ arguments: JSONObject, _ message: String) async throws {
    #expect(try await call("calculator", arguments) == .error(message))
  }

  @Test func aWrongArgumentIsNamed() async throws {
    let reply = try await BuiltinServer.make(version: "1").handle(
      Request(id: .number(1), method: .toolsCall, params: ["name": "calculator", "arguments": ["a": "x"]]),
      in: RequestContext(id: .number(1), revision: .latest))
    #expect(reply == .invalidArguments(["a must be a number", "b is required"]))
  }

  @Test func echoEchoesStringsOnly() async throws {
    #expect(try await call("echo", ["message": "hi"])?.structuredContent == ["echo": "hi"])
    #expect(try await call("echo", ["message": 5]) == .error("message parameter must be a string"))
  }

  @Test func theWeatherIsCelsiusUnlessAskedAndCallsItselfASample() async throws {
    let result = try await call("weather", ["location": "Oslo"])
    #expect(result?.structuredContent?["units"] == "celsius")
    #expect(result?.structuredContent?["sample"] == true)
    #expect(try await call("weather", ["location": "Oslo", "units": "kelvin"])?.isError == true)
  }

  @Test func sleepingHasBounds() async throws {
    #expect(try await call("sleep", ["seconds": 0]) == .text("slept 0 s"))
    #expect(try await call("sleep", ["seconds": -1])?.isError == true)
    #expect(try await call("sleep", ["seconds": 3601])?.isError == true)
  }
}
