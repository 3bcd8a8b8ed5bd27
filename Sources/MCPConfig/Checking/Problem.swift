// SPDX-License-Identifier: Apache-2.0

/// Something about a configuration that somebody should know: where it is, what it is, and what to do.
package struct Problem: Sendable, Hashable, CustomStringConvertible {
  /// How much it matters.
  package enum Severity: String, Sendable, Comparable {
    /// The value is used, and perhaps not meant so.
    case warning
    /// The configuration cannot be used.
    case error
    package static func < (one: Severity, other: Severity) -> Bool { one == .warning && other == .error }
  }

  /// Where a value was written.
  package enum Source: Sendable, Hashable {
    case file(String, Mark?)
    /// The environment variable of this name.
    case environment(String)
    /// The words of the command line.
    case words(String)
  }

  package let severity: Severity
  /// The kind of problem, a stable word for programs: `unknown-key`.
  package let rule: Rule
  package let source: Source
  /// The key it is about, as it is written; empty for the file as a whole.
  package let path: String
  package let message: String
  /// What to do about it.
  package let remedy: String

  /// An error.
  package init(_ rule: Rule, _ source: Source, _ path: String, _ message: String, _ remedy: String) {
    self.init(.error, rule, source, path, message, remedy)
  }

  package init(
    _ severity: Severity, _ rule: Rule, _ source: Source, _ path: String, _ message: String, _ remedy: String
  ) {
    (self.severity, self.rule, self.source) = (severity, rule, source)
    (self.path, self.message, self.remedy) = (path, message, remedy)
  }

  /// `file:line:column: path: message: remedy`, with `warning:` after the place of what is no error.
  package var description: String {
    ([source.description] + (severity == .warning ? ["warning"] : []) + [path, message, remedy])
      .filter { !$0.isEmpty }.joined(separator: ": ")
  }

  package var file: String? { if case .file(let file, _) = source { file } else { nil } }
  package var mark: Mark? { if case .file(_, let mark) = source { mark } else { nil } }
}

extension Problem.Source: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let file, let mark?): "\(file):\(mark.line):\(mark.column)"
    case .file(let file, nil): file
    case .environment(let name): "environment: \(name)"
    case .words(let word): "command line: \(word)"
    }
  }
}

extension Problem {
  /// The kinds of problems.
  package enum Rule: String, Sendable, CaseIterable {
    case syntax
    case limit
    case unknownKey = "unknown-key"
    case duplicateKey = "duplicate-key"
    case wrongType = "wrong-type"
    case outOfRange = "out-of-range"
    case variable
    case conflict
    case incomplete
    case plainSecret = "plain-secret"
    case missingFile = "missing-file"
    case missingCommand = "missing-command"
    case exposed
    case noEffect = "no-effect"
    case unprotected

    /// What the rule is about, in one sentence.
    package var summary: String {
      switch self {
      case .syntax: "The file can be read."
      case .limit: "The file is no larger and no deeper than it may be."
      case .unknownKey: "Every key is known."
      case .duplicateKey: "No key is set twice."
      case .wrongType: "A value has the type of its key."
      case .outOfRange: "A number lies in the range of its key."
      case .variable: "Every variable that is named is set."
      case .conflict: "Values do not contradict each other."
      case .incomplete: "What belongs together is there together."
      case .plainSecret: "No secret stands in the file itself."
      case .missingFile: "Files that are named exist."
      case .missingCommand: "Commands that are named can be found."
      case .exposed: "What everybody can reach is protected."
      case .noEffect: "Every key has an effect in this build."
      case .unprotected: "What is to protect the server does so."
      }
    }
  }
}

extension [Problem] {
  /// By place, then as they were found; what is no place of a file comes last.
  package var sortedByPlace: [Problem] {
    enumerated().sorted { one, other in
      switch (one.element.mark, other.element.mark) {
      case (let left?, let right?) where left != right: left < right
      case (_?, nil): true
      case (nil, _?): false
      default: one.offset < other.offset
      }
    }.map(\.element)
  }

  /// Whether there is an error among them.
  package var haveError: Bool { contains { $0.severity == .error } }
}
