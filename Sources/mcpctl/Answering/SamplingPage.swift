// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPCore

/// What a server asks a model, as a person reads it.
struct SamplingPage {
  /// How much of it is shown at once.
  private static let most = (messages: 6, lines: 12, characters: 800)

  let request: Sampling.Request

  /// All that matters for an answer, as much of it as fits.
  var lines: [String] { head + conversation(most: Self.most.messages).flatMap { Self.section($0, $1) } }

  /// The same in full, for an editor.
  var whole: String {
    let sections = conversation(most: .max).flatMap { heading, text in ["", "\(heading):", text] }
    return (head.map(\.trimmed) + sections).joined(separator: "\n") + "\n"
  }

  private var head: [String] {
    var lines = ["  At most \(counted(request.maxTokens, "token"))\(manner)"]
    if let preferences = request.preferences {
      let hints = preferences.hints.map(oneLine).joined(separator: ", else ")
      let weights = [
        ("cost", preferences.cost), ("speed", preferences.speed), ("intelligence", preferences.intelligence),
      ].compactMap { name, weight in weight.map { "\(name) \($0)" } }
      let wanted = ([hints] + weights).filter { !$0.isEmpty }.joined(separator: ", ")
      if !wanted.isEmpty { lines.append("  Model: \(Self.cut(wanted))") }
    }
    if let context = request.includeContext, context != .none {
      lines.append("  With the context of \(context == .thisServer ? "this server" : "all servers")")
    }
    if !request.tools.isEmpty {
      lines.append(
        "  It may want these tools: \(Self.cut(request.tools.map { oneLine($0.name) }.joined(separator: ", ")))")
    }
    return lines
  }

  private var manner: String {
    let temperature = request.temperature.map { ", temperature \($0)" } ?? ""
    let stops = request.stopSequences.map { JSON.string($0).text }.joined(separator: ", ")
    return temperature + (stops.isEmpty ? "" : Self.cut(", ending before \(oneLine(stops))"))
  }

  private func conversation(most: Int) -> [(heading: String, text: String)] {
    var sections: [(heading: String, text: String)] = []
    if let prompt = request.systemPrompt, !prompt.isEmpty { sections.append(("System prompt", prompt)) }
    let earlier = request.messages.count - most
    if earlier > 0 { sections.append((counted(earlier, "earlier message"), "(e)dit shows all")) }
    sections += request.messages.suffix(most).map { message in
      (message.role.rawValue, message.content.map(Self.text).joined(separator: "\n"))
    }
    return sections
  }

  private static func section(_ heading: String, _ text: String) -> [String] {
    ["  \(heading):"] + shown(text).map { "    \($0)" }
  }

  /// The lines of a text, as many as are shown.
  private static func shown(_ text: String) -> [String] {
    let beginning = text.prefix(most.characters)
    let all = beginning.split(separator: "\n", omittingEmptySubsequences: false)
    let lines = all.prefix(most.lines).map { safeText(String($0)) }
    let shown = lines.reduce(0) { $0 + $1.count } + lines.count - 1
    let isWhole = all.count <= most.lines && beginning.endIndex == text.endIndex
    return isWhole ? lines : lines + ["… \(text.count - min(shown, text.count)) more characters"]
  }

  private static func cut(_ text: String) -> String { text.count > 500 ? text.prefix(500) + "…" : text }

  private static func text(of content: Sampling.Content) -> String {
    switch content {
    case .text(let text): text
    case .image(let data, let type): "[\(type), \(data.utf8.count / 4 * 3) B]"
    case .audio(let data, let type): "[\(type), \(data.utf8.count / 4 * 3) B]"
    case .toolUse(let use): "[calls \(use.name) \(JSON.object(use.input).text)]"
    case .toolOutput(let output): "[was answered \(JSON.object(output.result.json).text)]"
    case .other(let object): "[\(JSON.object(object).text)]"
    }
  }
}
