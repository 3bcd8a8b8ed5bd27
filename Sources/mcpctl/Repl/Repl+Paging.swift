// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit
import Synchronization

/// Catches what is printed, so that it can be seen how long it is.
final class Page: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  var text: [UInt8] { bytes.withLock { $0 } }

  /// A stream that ends here, and looks like `other` to who writes.
  func stream(like other: OutputStream) -> OutputStream {
    OutputStream(isTerminal: other.isTerminal, usesColor: other.usesColor, width: other.width, limit: 0) { more in
      self.bytes.withLock { $0 += more }
      return 0
    }
  }
}

extension Console {
  /// The same with another standard output, and perhaps another standard error.
  func writing(to output: OutputStream, errorsTo error: OutputStream? = nil) -> Console {
    Console(
      output: output, error: error ?? self.error, input: input, environment: environment, readFile: readFile,
      writeFile: writeFile)
  }
}

extension Repl {
  /// `\pset pager`: whether long results go through a pager, or all.
  enum Paging: String, CaseIterable { case on, off, always }

  func paged(_ text: String, _ console: Console) async throws { try await paged(Array(text.utf8), console) }

  /// Prints a text; one that is longer than the window through a pager.
  func paged(_ text: [UInt8], _ console: Console) async throws {
    guard terminal != nil, let pager, isTooLong(text, console) else { return console.output.write(text) }
    let path = try TemporaryFile.make(holding: text, system)
    defer { TemporaryFile.remove(path) }
    let status = try await inForeground("LESS=${LESS--FRX} LV=${LV--c} \(pager) < \(shellQuoted(path))")
    guard status != Self.notFound else {
      settings.paging = .off
      console.output.write(text)
      return say("there is no pager \(pager): PAGER names one, \\pset pager off wants none", console)
    }
  }

  /// What a shell ends with that has no such program.
  private static let notFound: Int32 = 127

  /// The program that shows long texts; nil when nobody wants one.
  private var pager: String? {
    let named = system.environment("MCPCTL_PAGER") ?? system.environment("PAGER") ?? "less"
    return named.isEmpty || named == "cat" || system.environment("TERM") == "dumb" ? nil : named
  }

  private func isTooLong(_ text: [UInt8], _ console: Console) -> Bool {
    guard console.output.isTerminal, settings.file == nil, !isWatching, jobs.unfinished.isEmpty else { return false }
    // A picture is a long line that takes other room, and a pager would show what it is made of.
    guard !Self.holdsPicture(text) else { return false }
    switch settings.paging {
    case .off: return false
    case .always: return !text.isEmpty
    case .on:
      let (rows, columns) = (TerminalModes.rows, max(TerminalModes.columns, 1))
      var lines = 0
      for line in String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
        lines += max(1, (withoutStyles(line).count + columns - 1) / columns)
        if lines > rows { return true }
      }
      return false
    }
  }

  /// Whether more than colours is there: those begin with `ESC [`, pictures with other sequences.
  static func holdsPicture(_ text: [UInt8]) -> Bool {
    text.indices.contains {
      text[$0] == 0x1B && (text.indices.contains($0 + 1) ? text[$0 + 1] : 0) != UInt8(ascii: "[")
    }
  }

  /// `\pset`: how results are shown.
  func setPrinting(_ words: [String], _ console: Console) throws {
    guard let name = words.first else {
      return say("pager is \(settings.paging.rawValue)", console)
    }
    guard name == "pager" else { throw UsageError("no setting '\(name)'; there is pager") }
    guard words.count <= 2 else { throw UsageError("write \\pset pager on, off or always") }
    if words.count == 2 {
      guard let wanted = Paging(rawValue: words[1]) else {
        throw UsageError("\\pset pager takes on, off or always, not '\(words[1])'")
      }
      settings.paging = wanted
    } else {
      settings.paging = settings.paging == .off ? .on : .off
    }
    say("pager is \(settings.paging.rawValue)", console)
  }
}
