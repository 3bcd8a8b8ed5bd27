// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

extension TargetResolver {
  /// An entry of a file as other clients keep it: `mcpServers` (Claude, Cursor) or `servers` (VS Code).
  func entry(_ name: String?, inFile path: String, _ http: Target.HTTP, _ isExplicit: Bool) throws -> Resolved {
    let servers = try servers(inFile: path)
    guard let name = name ?? (servers.count == 1 ? servers.names.first : nil) else {
      throw Failure(
        .notFound, "no_server", "\(path) holds \(servers.count) servers",
        hint: "name one: \(servers.names.map { "\(path):\($0)" }.joined(separator: ", "))")
    }
    guard let entry = servers[name]?.object else {
      let near = nearMiss(of: name, in: servers.names).map { "did you mean '\(path):\($0)'?" }
      throw Failure(
        .notFound, "no_server", "\(path) has no server '\(name)'",
        hint: near ?? "it has: \(servers.names.joined(separator: ", "))")
    }
    let target = try target(entry, at: "\(path): \(name)", http)
    // What starts a program, or is given variables of the environment, may do harm.
    let isProgram = if case .program = target { true } else { false }
    let mayHarm = isProgram || JSON.object(entry).text.contains("${")
    let place = path.hasPrefix("/") ? path : "\(environs.directory)/\(path)"
    return Resolved(
      target: target, isExplicit: isExplicit,
      listing: Listing(name: name, file: place, content: entry, trust: mayHarm ? .asked : .given))
  }

  func servers(inFile path: String) throws -> JSONObject {
    let bytes: [UInt8]
    do throws(FileFault) {
      bytes = try environs.readFile(path)
    } catch {
      throw Failure(error.isMissing ? .notFound : .badConfiguration, "config", "\(error)")
    }
    let file: JSON
    do throws(JSONError) {
      file = try JSON(parsing: withoutComments(bytes))
    } catch {
      throw Failure(.badConfiguration, "config", "\(path) is no JSON: \(error)")
    }
    guard let servers = ForeignFile.servers(in: file, directory: environs.directory) else {
      throw Failure(.badConfiguration, "config", "\(path) has neither 'mcpServers' nor 'servers'")
    }
    return servers
  }

  func target(_ entry: JSONObject, at place: String, _ http: Target.HTTP) throws -> Target {
    switch (entry["command"]?.string, entry["url"]?.string) {
    case (let command?, nil):
      var arguments: [String] = []
      for argument in entry["args"]?.array ?? [] {
        arguments.append(try expanded(argument.string ?? argument.text, at: place))
      }
      var environment: [String: String] = [:]
      for member in entry["env"]?.object?.members ?? [] {
        environment[member.name] = try expanded(member.value.string ?? member.value.text, at: place)
      }
      return .program(
        command: try expanded(command, at: place), arguments: arguments, environment: environment,
        directory: try entry["cwd"]?.string.map { try expanded($0, at: place) })
    case (nil, let url?):
      var headers: [Target.Header] = []
      for member in entry["headers"]?.object?.members ?? [] {
        headers.append(.init(name: member.name, value: try expanded(member.value.string ?? "", at: place)))
      }
      let isSSE = http == .automatic && entry["type"]?.string == "sse"
      return .url(try expanded(url, at: place), isSSE ? .sse : http, headers: headers)
    case (.some, .some):
      throw Failure(.badConfiguration, "config", "\(place) has both 'command' and 'url'; keep one")
    case (nil, nil):
      throw Failure(.badConfiguration, "config", "\(place) has neither 'command' nor 'url'")
    }
  }

  /// `text` with `${NAME}`, `${env:NAME}` and `${NAME:-default}` replaced.
  private func expanded(_ text: String, at place: String) throws -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...]
      guard rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") else {
        result += "$"
        rest = rest.dropFirst()
        continue
      }
      var name = rest.dropFirst(2)[..<end]
      rest = rest[rest.index(after: end)...]
      var fallback: String?
      if let mark = name.firstRange(of: ":-") {
        fallback = String(name[mark.upperBound...])
        name = name[..<mark.lowerBound]
      }
      if name.hasPrefix("env:") { name = name.dropFirst(4) }
      guard let value = environs.environment(String(name)) ?? fallback else {
        throw Failure(
          .badConfiguration, "config", "\(place) needs the environment variable \(name)", hint: "set \(name)")
      }
      result += value
    }
    return result + rest
  }
}
