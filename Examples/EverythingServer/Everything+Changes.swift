// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

extension Everything {
  /// Tools that make the server say something unasked. They change `features`, which they are part of.
  static func makeChangingTools(_ features: FeatureSet) -> [Feature] {
    [
      .tool(
        ServerTool("test_trigger_tool_change", "Adds and removes a tool.") { [weak features] _ in
          let name = "test_dummy_\(UInt32.random(in: .min ... .max))"
          try features?.register(ServerTool(name, "Gone soon.") { _ in .text("") })
          features?.unregister(tool: name)
          return .text("The list of tools changed")
        }),
      .tool(
        ServerTool("test_trigger_prompt_change", "Adds and removes a prompt.") { [weak features] _ in
          let name = "test_dummy_\(UInt32.random(in: .min ... .max))"
          try features?.register(ServerPrompt(name, "Gone soon.") { _, _ in [] })
          features?.unregister(prompt: name)
          return .text("The list of prompts changed")
        }),
      .tool(
        ServerTool(
          "test_trigger_resource_update", "Says that a resource changed.",
          Parameter<String>("uri", "Which.", default: "test://watched-resource")
        ) { [weak features] _, uri in
          features?.resourceUpdated(uri)
          return .text("The resource changed")
        }),
    ]
  }

  /// A tool whose answer comes on another connection than its call.
  @FeatureBuilder static var streamTools: [Feature] {
    ServerTool("test_reconnection", "Ends the connection, and answers whoever comes back.") { context in
      await context.closeStream(retryAfter: .milliseconds(100))
      try await Task.sleep(for: .milliseconds(200))
      return .text("Reconnection test completed")
    }
    ServerTool(
      "test_many_messages", "Sends log lines one after the other, and then answers.",
      Parameter<Int>("count", "How many.", default: 1000)
    ) { context, count in
      for number in 0..<max(0, count) { await context.log(.info, .number(JSONNumber(number))) }
      return .text("\(count) messages sent")
    }
  }
}
