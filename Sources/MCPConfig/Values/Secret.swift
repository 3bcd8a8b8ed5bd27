// SPDX-License-Identifier: Apache-2.0

/// Text nobody should see: whatever prints it prints `•••`. Only `reveal` gives it away.
package struct Secret: Sendable, Hashable {
  private let text: String

  package init(_ text: String) { self.text = text }

  /// The text itself, for who has to use it.
  package func reveal() -> String { text }
  package var isEmpty: Bool { text.isEmpty }

  /// What stands for it wherever it is shown.
  package static let mask = "•••"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { Self.mask }
  package var debugDescription: String { Self.mask }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// `text` with the password of a URL masked: `redis://:•••@host`.
package func maskingPassword(in text: String) -> String {
  guard let scheme = text.firstRange(of: "://") else { return text }
  let rest = text[scheme.upperBound...]
  let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
  guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else { return text }
  return text[...colon] + Secret.mask + text[at...]
}
