// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPCore
import MCPServeKit

/// Small tools, resources and prompts to try a client with.
enum Samples {
  /// - Parameter node: what the server is called, which the answer tells; nil tells nothing.
  static func echo(node: String?) -> ServerTool {
    ServerTool(
      "echo", "Answers with the message it was given.", Parameter<EchoMessage>("message", "What to answer.")
    ) { _, message in
      guard case .string = message.argument else { return .error("message parameter must be a string") }
      guard let node else { return .structured(["echo": message.argument]) }
      return .structured(["echo": message.argument, "node": .string(node)])
    }
    .title("Echo")
    .annotations(Tool.Annotations(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false))
    .onLoop
  }

  static let weather = ServerTool(
    "weather", "Answers with made-up weather, always the same: a sample, not a forecast.",
    Parameter<String>("location", "A place."),
    Parameter<ListedWord<Units>>("units", "Of the temperature.", default: "celsius")
  ) { _, location, units in
    let temperature: JSON
    switch units.text {
    case "celsius": temperature = 21
    case "fahrenheit": temperature = 70
    default: return .error("unknown units: \(units.text); use celsius or fahrenheit")
    }
    return .structured(
      [
        "location": .string(location), "temperature": temperature, "units": .string(units.text), "conditions": "sunny",
        "sample": true,
      ],
      text: "Sample answer, not a forecast: \(location) is sunny at \(temperature.text) degrees \(units.text).")
  }
  .title("Weather (sample)")
  .annotations(Tool.Annotations(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false))
  .onLoop

  enum Units: WordList { static let words = ["celsius", "fahrenheit"] }

  static let sleep = ServerTool(
    "sleep", "Waits, telling how far it is: for trying time limits, progress and cancellation.",
    Parameter<Double>("seconds", "How long, from 0 to 3600.")
  ) { context, seconds in
    guard (0...3600).contains(seconds) else { return .error("seconds must be from 0 to 3600") }
    let steps = 10
    for step in 1...steps {
      try await Task.sleep(for: .seconds(seconds / Double(steps)))
      await context.progress(seconds * Double(step) / Double(steps), of: seconds, "asleep")
    }
    return .text("slept \(JSON(seconds).text) s")
  }
  .title("Sleep")
  .annotations(Tool.Annotations(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false))
}

/// A string to the schema, but taken as it comes: the tool has its own words for what is none.
struct EchoMessage: ToolValue {
  static var schema: JSONObject { String.schema }
  static var expectation: String { String.expectation }
  let argument: JSON
  init(argument: JSON) { self.argument = argument }
}

extension JSON {
  fileprivate init(_ number: Double) { self = JSONNumber(number).map(JSON.number) ?? .null }
}
