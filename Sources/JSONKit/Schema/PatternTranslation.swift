// SPDX-License-Identifier: Apache-2.0

/// Spells an ECMA-262 regular expression so that PCRE2 means the same by it, and refuses what only PCRE2 knows.
///
/// Differences bridged: `.` and `\s`, escapes of characters, property names, `[` inside a class. Letters, digits and
/// words are ASCII in both.
struct PatternTranslation {
  private let units: [Unicode.Scalar]
  private var position = 0
  private var output = String.UnicodeScalarView()

  init(_ source: String) { units = Array(source.unicodeScalars) }

  private static let lineEnds = "\\n\\r\u{2028}\u{2029}"
  private static let spaces = "\\t-\\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}"
  /// Everything but `spaces`, for use inside a class.
  private static let nonSpaces =
    "\\x00-\\x08\\x0E-\\x1F!-\u{9F}\u{A1}-\u{167F}\u{1681}-\u{1FFF}\u{200B}-\u{2027}\u{202A}-\u{202E}\u{2030}-\u{205E}"
    + "\u{2060}-\u{2FFF}\u{3001}-\u{FEFE}\u{FF00}-\u{10FFFF}"

  /// The expression in PCRE2's spelling.
  mutating func text() throws(PatternError) -> String {
    var isInClass = false
    var mayRepeat = false
    while let unit = next() {
      switch unit {
      case "\\":
        try escape(isInClass: isInClass)
        mayRepeat = true
      case "[" where isInClass: emit("\\[")
      case "[":
        isInClass = true
        emit("[")
        if peek == "^" {
          emit("^")
          position += 1
        }
      case "]" where isInClass:
        isInClass = false
        mayRepeat = true
        emit("]")
      case _ where isInClass: output.append(unit)
      case ".":
        emit("[^\(Self.lineEnds)]")
        mayRepeat = true
      case "(":
        try group()
        mayRepeat = false
      case "*", "+", "?":
        guard mayRepeat else { throw PatternError(message: "'\(unit)' has nothing to repeat") }
        output.append(unit)
        lazyMark()
        mayRepeat = false
      case "{":
        output.append(unit)
        if let end = braces() {
          guard mayRepeat else { throw PatternError(message: "'{' has nothing to repeat") }
          output.append(contentsOf: units[position..<end])
          position = end
          lazyMark()
          mayRepeat = false
        } else {
          mayRepeat = true
        }
      case "|", "^":
        output.append(unit)
        mayRepeat = false
      default:
        output.append(unit)
        mayRepeat = true
      }
    }
    return String(output)
  }

  private var peek: Unicode.Scalar? { position < units.count ? units[position] : nil }

  private mutating func next() -> Unicode.Scalar? {
    guard position < units.count else { return nil }
    defer { position += 1 }
    return units[position]
  }

  private mutating func emit(_ text: String) { output.append(contentsOf: text.unicodeScalars) }

  private mutating func lazyMark() {
    guard peek == "?" else { return }
    output.append("?")
    position += 1
  }

  /// Where the quantifier whose `{` has been read ends; nil when it is no quantifier.
  private func braces() -> Int? {
    guard let close = units[position...].firstIndex(of: "}") else { return nil }
    let parts = units[position..<close].split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first, !first.isEmpty,
      parts.allSatisfy({ $0.allSatisfy { $0 >= "0" && $0 <= "9" } })
    else { return nil }
    return close + 1
  }

  /// A group whose `(` has been read: only the forms of ECMA-262.
  private mutating func group() throws(PatternError) {
    emit("(")
    if peek == "*" { throw PatternError(message: "'(*' is not a group") }
    guard peek == "?" else { return }
    let rest = String(String.UnicodeScalarView(units[position...].prefix(3)))
    guard
      let form = ["?:", "?=", "?!", "?<=", "?<!"].first(where: rest.hasPrefix) ?? (rest.hasPrefix("?<") ? "?<" : nil)
    else { throw PatternError(message: "'(\(rest.prefix(2))' is not a group") }
    emit(form)
    position += form.unicodeScalars.count
  }
}

extension PatternTranslation {
  /// An escape whose backslash has been read.
  private mutating func escape(isInClass: Bool) throws(PatternError) {
    guard let unit = next() else { throw PatternError(message: "the pattern ends after '\\'") }
    switch unit {
    case "s": emit(isInClass ? Self.spaces : "[\(Self.spaces)]")
    case "S": emit(isInClass ? Self.nonSpaces : "[^\(Self.spaces)]")
    case "d", "D", "w", "W", "n", "r", "t", "f", "1"..."9": emit("\\\(unit)")
    case "v": emit("\\x0B")
    case "b": emit(isInClass ? "\\x08" : "\\b")
    case "B" where !isInClass: emit("\\B")
    case "0": emit("\\x00")
    case "k" where !isInClass: emit("\\k")
    case "c":
      guard let letter = next(), letter.isASCII, letter.properties.isAlphabetic else {
        throw PatternError(message: "'\\c' needs a letter")
      }
      literal(letter.value & 31)
    case "x": literal(try hexadecimal(2))
    case "u": literal(try unicode())
    case "p", "P": try property(unit)
    default:
      guard !unit.properties.isAlphabetic else { throw PatternError(message: "'\\\(unit)' is not an escape") }
      literal(unit.value)
    }
  }

  /// Emits a character that means only itself, in a class or outside.
  private mutating func literal(_ value: UInt32) {
    guard let scalar = Unicode.Scalar(value) else { return }
    if value < 0x20 || value == 0x7F {
      emit("\\x\(value < 16 ? "0" : "")\(String(value, radix: 16))")
    } else {
      if value < 0x80, !(scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) { emit("\\") }
      output.append(scalar)
    }
  }

  private mutating func hexadecimal(_ count: Int) throws(PatternError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let unit = next(), let digit = UInt8(exactly: unit.value).flatMap(PercentEncoding.digit) else {
        throw PatternError(message: "'\\x' and '\\u' need hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private mutating func unicode() throws(PatternError) -> UInt32 {
    if peek == "{", let end = units[position...].firstIndex(of: "}") {
      let digits = String(String.UnicodeScalarView(units[(position + 1)..<end]))
      position = end + 1
      guard let value = UInt32(digits, radix: 16), Unicode.Scalar(value) != nil else {
        throw PatternError(message: "'\\u{\(digits)}' is no character")
      }
      return value
    }
    let unit = try hexadecimal(4)
    guard unit & 0xF800 == 0xD800 else { return unit }
    guard unit < 0xDC00, next() == "\\", next() == "u" else {
      throw PatternError(message: "half of a surrogate pair, which is no character")
    }
    let low = try hexadecimal(4)
    guard low & 0xFC00 == 0xDC00 else { throw PatternError(message: "half of a surrogate pair, which is no character") }
    return 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
  }

  /// `\p{…}`; PCRE2 knows categories by their short names only.
  private mutating func property(_ unit: Unicode.Scalar) throws(PatternError) {
    guard next() == "{", let end = units[position...].firstIndex(of: "}") else {
      throw PatternError(message: "'\\\(unit)' needs a property in braces")
    }
    var name = String(String.UnicodeScalarView(units[position..<end]))
    position = end + 1
    for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) { name.removeFirst(prefix.count) }
    for (long, short) in [("Script=", "sc:"), ("sc=", "sc:"), ("Script_Extensions=", "scx:"), ("scx=", "scx:")]
    where name.hasPrefix(long) {
      name = short + name.dropFirst(long.count)
    }
    emit("\\\(unit){\(Self.categories[name] ?? name)}")
  }

  private static let categories = [
    "Letter": "L", "Cased_Letter": "L&", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
    "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn",
    "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd", "digit": "Nd",
    "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc",
    "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
    "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm",
    "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z", "Space_Separator": "Zs",
    "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf",
    "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
  ]
}
