// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPClientKit
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Checkup {
  /// A server that is started: found, started, spoken to, and what it wrote to its standard error meanwhile.
  func examineProgram(_ command: String) async throws {
    notes.add(try found(command))
    let muttering = Muttering()
    var options = connection.clientOptions
    options.standardError = .capture
    options.onStandardError = { muttering.add($0) }
    options.retries = 0
    defer { notes.add(Examined("stderr", .ok, muttering.summary(connection.talk))) }
    guard let target = connection.serverTarget else { return }
    let start = ContinuousClock.now
    let client: Client
    do throws(ClientError) {
      client = try await Client.connect(to: target, options: options)
    } catch {
      if error.code == .unreachable { throw fail("start", error.message) }
      notes.add(Examined("start", .ok, "it runs"))
      if error.code == .unsupportedRevision {
        notes.add(Examined("discovery", .ok, "it says what it speaks"))
        throw fail("version", error.message, hint: "--protocol auto takes what the server offers")
      }
      let hint =
        error.code == .timeout ? "does it wait for something, or log to standard output?" : nil
      throw fail("discovery", error.message, hint: hint)
    }
    notes.add(Examined("start", .ok, "it runs"))
    notes.add(Self.discovery(client.negotiated, since: start))
    notes.add(Self.version(client.negotiated))
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await examineFeatures(client)) } catch { outcome = .failure(error) }
    let end = ContinuousClock.now
    await client.close()
    let time = ContinuousClock.now - end
    notes.add(
      time < options.timeouts.closing
        ? Examined("end", .ok, "it ends when its input is closed", time: time)
        : Examined("end", .warning, "it had to be killed: it does not end when its input is closed", time: time))
    try outcome.get()
  }

  private func found(_ command: String) throws -> Examined {
    let folders = (connection.console.environment("PATH") ?? "").split(separator: ":").map(String.init)
    let places = command.contains("/") ? [command] : folders.map { "\($0)/\(command)" }
    let there = places.filter { access($0, F_OK) == 0 }
    if let place = there.first(where: Directory.holdsProgram) {
      return Examined("command", .ok, place)
    }
    if let place = there.first { throw fail("command", "\(place) cannot be run", hint: "chmod +x \(shellWord(place))") }
    throw fail(
      "command",
      command.contains("/") ? "there is no file \(command)" : "\(command) is in none of the folders of PATH",
      hint: "is it installed, and the name right?")
  }
}

/// The end of what a program writes to its standard error.
private final class Muttering: Sendable {
  private static let limit = 16 << 10
  private let written = Mutex<[UInt8]>([])

  func add(_ bytes: [UInt8]) {
    written.withLock { written in
      written += bytes
      if written.count > Self.limit { written.removeFirst(written.count - Self.limit) }
    }
  }

  /// The last lines, without secrets.
  func summary(_ talk: Talk) -> String {
    let lines = talk.withoutSecrets(written.withLock { $0 }).split(whereSeparator: \.isNewline)
    if lines.isEmpty { return "it wrote nothing" }
    return (lines.count > 5 ? "… " : "") + lines.suffix(5).map(String.init).joined(separator: " | ")
  }
}
