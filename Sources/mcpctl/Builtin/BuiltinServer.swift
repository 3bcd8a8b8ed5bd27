// SPDX-License-Identifier: GPL-3.0-or-later
import MCPCore
import MCPServeKit

/// The server inside `mcpctl`: it answers when nothing else is configured, and shows what a server looks like.
enum BuiltinServer {
  static let name = "mcpctl"
  static let instructions = "Sample tools, resources and prompts to try a client with."

  /// Makes the server.
  /// - Parameter offers: which of its features it offers.
  static func make(
    name: String = name, version: String, instructions: String = instructions,
    options: Server.Options = Server.Options(), node: String? = nil, offers: (Feature) -> Bool = { _ in true }
  ) throws -> Server {
    let title = name == self.name ? "mcpctl built-in server" : nil
    return Server(
      Implementation(name: name, version: version, title: title), instructions: instructions, options: options,
      features: try FeatureSet(features(on: node).filter(offers)))
  }

  /// Everything it can offer.
  static var features: [Feature] { features(on: nil) }

  /// Whether it offers a tool of that name.
  static func hasTool(_ name: String) -> Bool {
    features.contains { if case .tool(let tool) = $0 { tool.tool.name == name } else { false } }
  }

  /// - Parameter node: what the server is called among others; nil when it is alone.
  @FeatureBuilder static func features(on node: String?) -> [Feature] {
    Calculator.tool
    Samples.echo(node: node)
    Samples.weather
    Samples.sleep
    Samples.resources
    Samples.prompts
  }
}
