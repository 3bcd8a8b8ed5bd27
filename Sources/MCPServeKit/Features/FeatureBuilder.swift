// SPDX-License-Identifier: Apache-2.0

/// A tool, a resource or a prompt.
public enum Feature: Sendable {
  /// A tool.
  case tool(ServerTool)
  /// A resource or a family of resources.
  case resource(ServerResource)
  /// A prompt.
  case prompt(ServerPrompt)
}

/// Lets a server's features be written one after the other, with `if`, `for` and `switch`.
@resultBuilder
public enum FeatureBuilder {
  /// A tool.
  public static func buildExpression(_ tool: ServerTool) -> [Feature] { [.tool(tool)] }
  /// A resource.
  public static func buildExpression(_ resource: ServerResource) -> [Feature] { [.resource(resource)] }
  /// A prompt.
  public static func buildExpression(_ prompt: ServerPrompt) -> [Feature] { [.prompt(prompt)] }
  /// Features made elsewhere.
  public static func buildExpression(_ features: [Feature]) -> [Feature] { features }
  /// One after the other.
  public static func buildBlock(_ parts: [Feature]...) -> [Feature] { parts.flatMap { $0 } }
  /// `if` without `else`.
  public static func buildOptional(_ part: [Feature]?) -> [Feature] { part ?? [] }
  /// `if` and `switch`.
  public static func buildEither(first part: [Feature]) -> [Feature] { part }
  /// `else` and `switch`.
  public static func buildEither(second part: [Feature]) -> [Feature] { part }
  /// `for`.
  public static func buildArray(_ parts: [[Feature]]) -> [Feature] { parts.flatMap { $0 } }
}
