// SPDX-License-Identifier: Apache-2.0
internal import CPCRE2

/// A regular expression as ECMA-262 means it, matched anywhere in a text, with a bound on the work.
final class Pattern: Sendable {
  /// What matching comes to.
  enum Outcome: Equatable {
    case found, notFound
    /// The pattern needs more steps on this text than are allowed.
    case tooMuchWork
  }

  /// The expression as it was written.
  let source: String
  private let handle: pattern_handle

  /// About a millisecond of backtracking.
  private static let matchLimit: UInt32 = 100_000
  private static let heapLimitInKiB: UInt32 = 4096
  private static let longestSource = 8192

  /// - Throws: `PatternError` with the reason the expression is not understood.
  init(_ source: String) throws(PatternError) {
    guard source.utf8.count <= Self.longestSource else {
      throw PatternError(message: "the pattern is longer than \(Self.longestSource) bytes")
    }
    var translation = PatternTranslation(source)
    let bytes = Array(try translation.text().utf8)
    var message = [UInt8](repeating: 0, count: 256)
    self.source = source
    handle = pattern_compile(bytes, bytes.count, Self.matchLimit, Self.heapLimitInKiB, &message, message.count)
    guard handle.code != nil else {
      throw PatternError(message: String(decoding: message.prefix { $0 != 0 }, as: UTF8.self))
    }
  }

  deinit {
    if handle.code != nil { pattern_free(handle) }
  }

  /// Looks for the pattern in `text`.
  func match(_ text: String) -> Outcome {
    var text = text
    switch text.withUTF8({ pattern_match(handle, $0.baseAddress, $0.count) }) {
    case PATTERN_FOUND: return .found
    case PATTERN_NOT_FOUND: return .notFound
    default: return .tooMuchWork
    }
  }
}

/// Why a regular expression is not understood.
struct PatternError: Error, Hashable {
  let message: String
}
