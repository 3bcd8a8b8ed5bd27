// SPDX-License-Identifier: GPL-3.0-or-later
import MCPCore
import MCPServeKit

extension Samples {
  @FeatureBuilder static var resources: [Feature] {
    ServerResource(
      Resource(
        uri: "sample://about", name: "about", title: "About this server", description: "What this server is for.",
        mimeType: "text/plain"),
      text: "This is the server built into mcpctl. Everything it offers is a sample to try a client with.\n")
    ServerResource(
      Resource(
        uri: "sample://pixel.png", name: "pixel", title: "One red pixel", description: "A binary resource.",
        mimeType: "image/png"),
      base64: redPixel)
    ServerResource(
      template: ResourceTemplate(
        uriTemplate: "sample://greeting/{name}", name: "greeting", title: "Greeting",
        description: "A greeting by name.",
        mimeType: "text/plain")
    ) { _, uri, variables in
      [ResourceContents(uri: uri, text: "Hello, \(variables["name"] ?? "")!\n")]
    }
    .completing("name", .among(["Ada", "Alan", "Barbara", "Grace", "Margaret"]))
    .onLoop
  }

  @FeatureBuilder static var prompts: [Feature] {
    ServerPrompt(
      "greet", "Asks the model for a greeting.",
      Prompt.Argument("name", "Whom to greet.", isRequired: true),
      Prompt.Argument("language", "In which language. Default: English.")
    ) { _, arguments in
      let language = arguments["language"] ?? "English"
      return [PromptMessage(.user, .text("Greet \(arguments["name"] ?? "") in \(language), in one sentence."))]
    }
    .completing("language", .among(["English", "French", "German", "Italian", "Japanese", "Spanish"]))
    .onLoop
    ServerPrompt("explain-error", "Asks the model to explain an error message.", .init("message", isRequired: true)) {
      _, arguments in
      [
        PromptMessage(.user, .text("Explain this error and how to fix it:")),
        PromptMessage(.user, .text(arguments["message"] ?? "")),
      ]
    }
    .onLoop
  }

  /// A PNG of one red pixel.
  private static let redPixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
}
