// SPDX-License-Identifier: GPL-3.0-or-later

/// `text` with everything a terminal would obey written out: a server must not move the cursor, clear the screen,
/// set the title or reorder what is read. Line ends and tabs stay.
func safeText(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
  var safe = ""
  for scalar in text.unicodeScalars {
    guard isUnsafe(scalar) else {
      safe.unicodeScalars.append(scalar)
      continue
    }
    let digits = String(scalar.value, radix: 16)
    safe += scalar.value < 0x100 ? "\\x\(digits.count < 2 ? "0" : "")\(digits)" : "\\u{\(digits)}"
  }
  return safe
}

/// `text` as one cell of a table: no line ends, no tabs, nothing a terminal obeys.
func oneLine(_ text: String) -> String {
  safeText(text.split(whereSeparator: { $0.isNewline || $0 == "\t" }).joined(separator: " "))
}

/// What is seen of `text`: without the sequences that make it bold or coloured.
func withoutStyles(_ text: some StringProtocol) -> String {
  var (seen, rest) = ("", Substring(text))
  while let start = rest.firstRange(of: "\u{1B}[") {
    seen += rest[..<start.lowerBound]
    rest = rest[start.upperBound...].drop { $0 != "m" }.dropFirst()
  }
  return seen + rest
}

private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09, 0x0A: false
  case 0x00...0x1F, 0x7F...0x9F: true
  // Marks that reorder text: what is shown would not be what is there.
  case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
  default: false
  }
}
