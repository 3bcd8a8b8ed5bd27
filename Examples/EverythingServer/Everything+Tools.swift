// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// What the server offers. Names and texts are what conformance tests look for.
enum Everything {
  /// Tools that show every kind of content.
  @FeatureBuilder static var contentTools: [Feature] {
    ServerTool("test_simple_text", "Answers with text.") { _ in
      .text("This is a simple text response for testing.")
    }.onLoop
    ServerTool("test_image_content", "Answers with an image.") { _ in
      ToolResult(content: [.image(base64: Samples.png, mimeType: "image/png")])
    }.onLoop
    ServerTool("test_audio_content", "Answers with a sound.") { _ in
      ToolResult(content: [.audio(base64: Samples.wav, mimeType: "audio/wav")])
    }.onLoop
    ServerTool("test_embedded_resource", "Answers with a resource.") { _ in
      ToolResult(content: [
        .resource(
          ResourceContents(uri: "test://embedded-resource", text: "This is an embedded resource content."))
      ])
    }.onLoop
    ServerTool("test_multiple_content_types", "Answers with text, an image and a resource.") { _ in
      ToolResult(content: [
        .text("Multiple content types test:"), .image(base64: Samples.png, mimeType: "image/png"),
        .resource(
          ResourceContents(
            uri: "test://mixed-content-resource", mimeType: "application/json", text: #"{"test":"data","value":123}"#)),
      ])
    }.onLoop
  }

  /// Tools that show what a call can do besides answering.
  @FeatureBuilder static var behaviourTools: [Feature] {
    ServerTool("test_error_handling", "Fails.") { _ in
      .error("This tool intentionally returns an error for testing")
    }.onLoop
    ServerTool("test_tool_with_logging", "Sends log lines while it works.") { context in
      await context.log(.info, "Tool execution started")
      try await Task.sleep(for: .milliseconds(50))
      await context.log(.info, "Tool processing data")
      try await Task.sleep(for: .milliseconds(50))
      await context.log(.info, "Tool execution completed")
      return .text("Tool with logging executed successfully")
    }
    ServerTool("test_tool_with_progress", "Tells how far it is while it works.") { context in
      await context.progress(0, of: 100)
      try await Task.sleep(for: .milliseconds(50))
      await context.progress(50, of: 100)
      try await Task.sleep(for: .milliseconds(50))
      await context.progress(100, of: 100)
      return .text("Tool with progress executed successfully")
    }
    ServerTool("test_logging_tool", "Sends one log line, if the request wants one.") { context in
      await context.log(.info, "This is a log message from the logging tool")
      return .text("Logging tool executed")
    }
    ServerTool("test_missing_capability", "Works only for clients that can sample.") { context in
      guard context.clientCapabilities["sampling"] != nil else {
        throw RPCError(
          .missingClientCapability, "this tool needs a client that can sample",
          data: ["requiredCapabilities": ["sampling": [:]]])
      }
      return .text("The client can sample")
    }.onLoop
  }

  /// A tool whose schema uses much of JSON Schema 2020-12 and has to arrive as it is.
  static func makeSchemaTool() throws -> ServerTool {
    let schema: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
      "$defs": [
        "address": [
          "$anchor": "addressDef", "type": "object",
          "properties": ["street": ["type": "string"], "city": ["type": "string"]],
        ]
      ],
      "properties": [
        "name": ["type": "string"], "address": ["$ref": "#/$defs/address"],
        "contactMethod": ["type": "string", "enum": ["phone", "email"]], "phone": ["type": "string"],
        "email": ["type": "string"],
      ],
      "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]]]]],
      "if": ["properties": ["contactMethod": ["const": "phone"]], "required": ["contactMethod"]],
      "then": ["required": ["phone"]], "else": ["required": ["email"]], "additionalProperties": false,
    ]
    let tool = Tool(
      name: "json_schema_2020_12_tool", description: "Takes arguments of a demanding schema.", inputSchema: schema)
    return try ServerTool(tool) { _, arguments in .text("Accepted: \(arguments.text)") }
  }

  /// A tool with an argument that clients of 2026-07-28 repeat in a header.
  static func makeHeaderTool() throws -> ServerTool {
    let region: JSON = ["type": "string", "description": "Where.", "x-mcp-header": "Region"]
    let tool = Tool(
      name: "test_x_mcp_header", description: "Takes an argument that is sent in a header too.",
      inputSchema: ["type": "object", "properties": ["region": region]])
    return try ServerTool(tool) { _, arguments in .text("region: \(arguments["region"]?.string ?? "none")") }
  }
}
