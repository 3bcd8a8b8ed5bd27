// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

extension ConnectionOptions {
  /// The headers to send, secrets fetched from where they are kept.
  func headers(_ console: Console) throws -> [Target.Header] {
    var headers = try header.map { word in
      guard let colon = word.firstIndex(of: ":"), colon != word.startIndex else {
        throw UsageError("--header '\(word)' is no header; write 'Name: value'")
      }
      let name = String(word[..<colon])
      guard name.utf8.allSatisfy(isToken) else { throw UsageError("--header: '\(name)' is no header name") }
      return Target.Header(
        name: name, value: try secretBehindScheme(String(word[word.index(after: colon)...]).trimmed, name, console))
    }
    guard [bearerEnv != nil, bearerFile != nil, askpass].count(where: \.self) < 2 else {
      throw UsageError("give one of --bearer-env, --bearer-file and --askpass")
    }
    let token =
      try bearerEnv.map { try secret("env:\($0)", "bearer token", console) }
      ?? bearerFile.map { try secret("file:\($0)", "bearer token", console) }
    if let token { headers.append(.init(name: "Authorization", value: "Bearer \(token)")) }
    return headers
  }

  /// Values for the environment of a server that is started.
  func environment() throws(UsageError) -> [String: String] {
    var variables: [String: String] = [:]
    for word in env {
      guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
        throw UsageError("--env '\(word)' is no variable; write NAME=value")
      }
      variables[String(word[..<equals])] = String(word[word.index(after: equals)...])
    }
    return variables
  }

  /// The header with a token that is typed at the terminal, with `--askpass`.
  func askedHeader(for server: String, _ console: Console) async throws -> Target.Header? {
    guard askpass else { return nil }
    guard console.input.isTerminal else {
      throw UsageError("--askpass needs a terminal; elsewhere use --bearer-env or --bearer-file")
    }
    console.error.write("token for \(safeText(server)): ")
    console.error.flush()
    guard let token = try await console.input.line(isHidden: true)?.trimmed, !token.isEmpty else {
      throw Failure(.unauthorized, "unauthorized", "no token was given")
    }
    return Target.Header(name: "Authorization", value: "Bearer \(try secret(token, "token", console))")
  }

  /// The same where a scheme goes before it: `Bearer env:NAME`.
  private func secretBehindScheme(_ text: String, _ what: String, _ console: Console) throws -> String {
    guard let space = text.firstIndex(of: " "), case let rest = text[text.index(after: space)...],
      rest.hasPrefix("env:") || rest.hasPrefix("file:")
    else { return try secret(text, what, console) }
    return try secret(text[...space] + secret(String(rest), what, console), what, console)
  }

  /// `env:NAME` and `file:PATH` stand for what is kept there; the value itself never reaches a message.
  func secret(_ text: String, _ what: String, _ console: Console) throws -> String {
    var value = text
    if text.hasPrefix("env:") {
      let name = String(text.dropFirst(4))
      guard let found = console.environment(name) else {
        throw Failure(.badConfiguration, "config", "\(what): the environment variable \(name) is not set")
      }
      value = found
    } else if text.hasPrefix("file:") {
      do throws(FileFault) {
        value = String(decoding: try console.readFile(String(text.dropFirst(5)), 1 << 16), as: UTF8.self).trimmed
      } catch {
        throw Failure(.badConfiguration, "config", "\(what): \(error)")
      }
    }
    guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
      throw UsageError("\(what): the value holds a line end or another control character")
    }
    return value
  }
}

/// Whether a byte may stand in a header name (RFC 9110 section 5.6.2).
private func isToken(_ byte: UInt8) -> Bool {
  "!#$%&'*+-.^_`|~".utf8.contains(byte) || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A)
    || (byte >= 0x61 && byte <= 0x7A)
}
