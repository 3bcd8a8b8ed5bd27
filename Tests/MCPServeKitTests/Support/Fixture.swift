// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit

/// The server the tests talk to.
func makeFixture(_ options: Server.Options = Server.Options()) throws -> Server {
  try Server(name: "fixture", version: "1", instructions: "For tests.", options: options) {
    ServerTool(
      "add", "Adds.", Parameter<Int>("a", "First."), Parameter<Int>("b", "Second.", default: 1)
    ) { _, a, b in
      .structured(["sum": .number(JSONNumber(a + b))])
    }.onLoop
    ServerTool("fail", "Fails.") { _ in throw Mishap() }
    ServerTool("refuse", "Throws an error of the protocol.") { _ in throw RPCError.invalidParams("not today") }
    ServerTool("report", "Tells how far it is.") { context in
      await context.progress(1, of: 2, "half")
      await context.log(.info, "working", from: "fixture")
      await context.log(.debug, "details")
      await context.progress(2, of: 2)
      return .text("done")
    }
    ServerResource(Resource(uri: "test://text", name: "text", mimeType: "text/plain"), text: "Hello.")
    ServerResource(
      template: ResourceTemplate(uriTemplate: "test://item/{id}", name: "item", mimeType: "text/plain")
    ) { _, uri, variables in
      [ResourceContents(uri: uri, text: "Item \(variables["id"] ?? "?")")]
    }
    .completing("id", .among((1...150).map(String.init)))
    ServerPrompt("ask", "Asks.", .init("topic", "About what.", isRequired: true), .init("tone")) { _, arguments in
      [PromptMessage(.user, .text("Tell me about \(arguments["topic"] ?? "")."))]
    }
    .completing("topic", .among(["swift", "swans", "rust"]))
  }
}

struct Mishap: Error, CustomStringConvertible {
  var description: String { "out of paper" }
}
