// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit

extension Repl {
  /// `\roots`: the directories servers are offered; `add` offers more, `rm` takes some back.
  func changeRoots(_ words: [String], _ statement: Statement, _ console: Console) async throws {
    let named = words.dropFirst()
    switch words.first {
    case nil: try await display(try await presentationOfRoots(), statement, console)
    case "add" where !named.isEmpty: try await offer(try named.map { try Self.directory(path($0)) }, console)
    case "rm" where !named.isEmpty: try await takeBack(try named.map { try offered(path($0)) }, console)
    default: throw UsageError("write \\roots, \\roots add DIR or \\roots rm DIR")
    }
  }

  private func presentationOfRoots() async throws -> Presentation {
    let items = try await roots.answer(ServerQuestion(.roots))["roots"]?.array ?? []
    return Presentation(
      list: ["roots": .array(items)], items: items,
      table: Table(
        columns: [.init(heading: "ROOT"), .init(heading: "URI")],
        rows: zip(roots.directories, items).map { [$0, $1.word("uri")] }),
      empty: "no roots; \\roots add DIR offers one")
  }

  private func offer(_ directories: [String], _ console: Console) async throws {
    var added: [String] = []
    var fault: UsageError?
    for directory in directories where fault == nil {
      do throws(UsageError) {
        if try roots.add(directory) { added.append(directory) }
      } catch {
        fault = error
      }
    }
    if added.isEmpty, fault == nil { return say("offered already: \(Self.shown(directories))", console) }
    if !added.isEmpty { say("offered as roots: \(Self.shown(added)); \(await tellServers(console))", console) }
    if let fault { throw fault }
  }

  private func takeBack(_ directories: [String], _ console: Console) async throws {
    for directory in directories { _ = roots.remove(directory) }
    say("no longer offered: \(Self.shown(directories)); \(await tellServers(console))", console)
  }

  /// Tells those that are told of changes. All were told of `listChanged` when they were connected.
  /// - Returns: who knows now.
  private func tellServers(_ console: Console) async -> String {
    var told: [String] = []
    for server in servers where server.scene.client.negotiated.era == .legacy {
      do throws(ClientError) {
        try await server.scene.client.rootsChanged()
        told.append(oneLine(server.name))
      } catch {
        console.error.print("\(oneLine(server.name)) was not told: \(oneLine(error.message))")
      }
    }
    if told.isEmpty { return "servers hear of it when they ask" }
    return "\(told.joined(separator: ", ")) \(told.count == 1 ? "was" : "were") told"
  }

  /// The directory a word names.
  private static func directory(_ word: String) throws -> String {
    if let directory = Directory.absolute(word) { return directory }
    throw Failure(.notFound, "file", "\(word): \(Directory.whyUnusable(word) ?? "no such directory")")
  }

  /// The root a word names, which may be gone from the disk by now.
  private func offered(_ word: String) throws -> String {
    let offered = roots.directories
    if offered.contains(word) { return word }
    if let directory = Directory.absolute(word), offered.contains(directory) { return directory }
    throw UsageError("\(word) is no root; \(offered.isEmpty ? "there are none" : "there are \(Self.shown(offered))")")
  }

  private static func shown(_ directories: [String]) -> String { directories.map(oneLine).joined(separator: ", ") }
}
