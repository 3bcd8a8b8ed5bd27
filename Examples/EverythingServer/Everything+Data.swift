// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

extension Everything {
  @FeatureBuilder static var resources: [Feature] {
    ServerResource(
      Resource(
        uri: "test://static-text", name: "static-text", description: "A text that never changes.",
        mimeType: "text/plain"),
      text: "This is the content of the static text resource.")
    ServerResource(
      Resource(
        uri: "test://static-binary", name: "static-binary", description: "An image that never changes.",
        mimeType: "image/png"),
      base64: Samples.png)
    ServerResource(
      Resource(
        uri: "test://watched-resource", name: "watched-resource", description: "A text to watch.",
        mimeType: "text/plain"),
      text: "Watched resource content")
    ServerResource(
      template: ResourceTemplate(
        uriTemplate: "test://template/{id}/data", name: "template-data", description: "Data by its id.",
        mimeType: "application/json")
    ) { _, uri, variables in
      let id = variables["id"] ?? ""
      let data: JSON = ["id": .string(id), "templateTest": true, "data": .string("Data for ID: \(id)")]
      return [ResourceContents(uri: uri, mimeType: "application/json", text: data.text)]
    }.onLoop
  }

  @FeatureBuilder static var prompts: [Feature] {
    ServerPrompt("test_simple_prompt", "A prompt without arguments.") { _, _ in
      [PromptMessage(.user, .text("This is a simple prompt for testing."))]
    }.onLoop
    ServerPrompt(
      "test_prompt_with_arguments", "A prompt with arguments.",
      .init("arg1", "First argument.", isRequired: true), .init("arg2", "Second argument.", isRequired: true)
    ) { _, arguments in
      let (one, two) = (arguments["arg1"] ?? "", arguments["arg2"] ?? "")
      return [PromptMessage(.user, .text("Prompt with arguments: arg1='\(one)', arg2='\(two)'"))]
    }
    .completing("arg1", .among(["paris", "park", "party"]))
    .onLoop
    ServerPrompt(
      "test_prompt_with_embedded_resource", "A prompt with a resource in it.",
      .init("resourceUri", "The resource's URI.", isRequired: true)
    ) { _, arguments in
      let contents = ResourceContents(
        uri: arguments["resourceUri"] ?? "", text: "Embedded resource content for testing.")
      return [
        PromptMessage(.user, .resource(contents)),
        PromptMessage(.user, .text("Please process the embedded resource above.")),
      ]
    }.onLoop
    ServerPrompt("test_prompt_with_image", "A prompt with an image in it.") { _, _ in
      [
        PromptMessage(.user, .image(base64: Samples.png, mimeType: "image/png")),
        PromptMessage(.user, .text("Please analyze the image above.")),
      ]
    }.onLoop
  }
}

/// The smallest files of their kinds, in Base64.
enum Samples {
  /// One red pixel.
  static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
  /// No sound at all: a header, and no samples.
  static let wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="
}
