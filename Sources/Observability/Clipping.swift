// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The text, cut to so many bytes: what a peer wrote is kept no longer than it is worth.
  package func clipped(to count: Int) -> String {
    utf8.count <= count ? self : String(decoding: utf8.prefix(count), as: UTF8.self)
  }
}

extension TraceSpan {
  private static var longestText: Int { 1024 }

  /// Cuts every text in it that a peer may have made long.
  mutating func clip() {
    name = name.clipped(to: Self.longestText)
    failure = failure?.clipped(to: Self.longestText)
    for index in attributes.indices {
      if case .string(let text) = attributes[index].value {
        attributes[index].value = .string(text.clipped(to: Self.longestText))
      }
    }
  }
}
