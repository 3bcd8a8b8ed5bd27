// SPDX-License-Identifier: Apache-2.0

/// What web pages of the origins that may call (`HTTPOptions.allowedOrigins`) are let do, by way of their browsers.
public struct CORSOptions: Sendable {
  /// Whether their browsers are told anything at all; without it pages may call and cannot read. Default true.
  public var isEnabled = true
  /// Request headers they may send, besides those MCP has. Default none.
  public var allowedHeaders: [String] = []
  /// Response headers they may read, besides those MCP has. Default none.
  public var exposedHeaders: [String] = []
  /// Whether their browsers may send cookies and client certificates along. Default false. It concerns the origins that are
  /// named, never `*`.
  public var allowsCredentials = false
  /// For how long browsers remember the answer. Default 5 min.
  public var maxAge: Duration = .seconds(300)

  /// Makes options with the defaults.
  public init() {}
}
