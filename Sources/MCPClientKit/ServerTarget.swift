// SPDX-License-Identifier: Apache-2.0
import EventIO
public import MCPCore

/// Where a server is and how to talk to it.
public struct ServerTarget: Sendable {
  /// The two HTTP transports.
  public enum HTTPTransport: Sendable, Hashable {
    /// Streamable HTTP; when the server does not know it, HTTP+SSE.
    case automatic
    /// Streamable HTTP (2025-03-26 and later).
    case streamable
    /// HTTP+SSE (2024-11-05), with a URL that answers GET with an event stream.
    case sse
  }

  enum Kind: Sendable {
    case program(Program)
    case http(url: String, HTTPTransport)
    case channel(any MessageChannel)
  }

  struct Program: Sendable {
    var command: String
    var arguments: [String]
    var environment: [String: String]
    var directory: String?
  }

  /// What messages call the server: its command, its URL without user part and query, or its given name.
  public let name: String
  let kind: Kind

  /// A server that is started as a child process and talks over its standard input and output.
  ///
  /// - Parameters:
  ///   - command: the program; looked up in PATH when it has no slash.
  ///   - environment: added to our own environment.
  ///   - directory: where it runs; here, unless told.
  public static func stdio(
    _ command: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil
  ) -> ServerTarget {
    let program = Program(
      command: command, arguments: arguments, environment: environment, directory: directory)
    return ServerTarget(name: command, kind: .program(program))
  }

  /// A server at `url`, which starts with `http://` or `https://`.
  public static func http(_ url: String, transport: HTTPTransport = .automatic) -> ServerTarget {
    ServerTarget(name: HTTPURL.shown(url), kind: .http(url: url, transport))
  }

  /// A server at the other end of `channel`: in this process (`MemoryChannel`), or over a byte stream of your own.
  public static func channel(_ channel: any MessageChannel, name: String = "the server in this process") -> ServerTarget
  {
    ServerTarget(name: name, kind: .channel(channel))
  }
}
