// SPDX-License-Identifier: GPL-3.0-or-later

/// A server to talk to, before anything is opened.
enum Target: Equatable {
  /// How a URL is spoken to.
  enum HTTP: String { case automatic, streamable, sse }

  /// The server built into this program, in this process.
  case builtin
  /// A program to start.
  case program(command: String, arguments: [String], environment: [String: String] = [:], directory: String? = nil)
  /// A URL, with headers a configuration file adds.
  case url(String, HTTP = .automatic, headers: [Header] = [])

  /// A header field to send.
  struct Header: Equatable {
    let name: String
    let value: String
  }

  /// What messages call it.
  var name: String {
    switch self {
    case .builtin: "builtin"
    case .program(let command, _, _, _): command
    case .url(let url, _, _): url
    }
  }
}
