// SPDX-License-Identifier: Apache-2.0

/// What a line that every request leaves says, as it is spelled at once: without strings and lists in between.
package struct LogLine {
  /// How it is spelled; nil lists what is said instead.
  private let format: LogWriter.Format?
  private var output: LineOutput
  private(set) var fields: Logger.Fields = []

  private init(_ format: LogWriter.Format?, _ output: LineOutput) {
    self.format = format
    self.output = output
  }

  /// What `describe` says, as a list.
  static func fields(_ describe: (inout LogLine) -> Void) -> Logger.Fields {
    var (fields, nothing) = (Logger.Fields(), [UInt8]())
    LineOutput.appending(to: &nothing) { output in
      var line = LogLine(nil, output)
      describe(&line)
      fields = line.fields
    }
    return fields
  }

  /// Appends what `describe` says to the beginning of a line, and ends it.
  @inline(__always)
  static func end(_ output: inout LineOutput, as format: LogWriter.Format, _ describe: (inout LogLine) -> Void) {
    var line = LogLine(format, output.taken())
    describe(&line)
    output = line.output.taken()
    if format == .json { output.append(UInt8(ascii: "}")) }
    output.append(UInt8(ascii: "\n"))
  }

  /// Says what somebody else may have written.
  package mutating func add(_ name: StaticString, _ value: String) {
    switch format {
    case .text:
      begin(name)
      output.append(textValue: value)
    case .json:
      begin(name)
      output.append(quoting: value)
    case nil: fields.append((name.description, value))
    }
  }

  /// Says something of ours, of letters, digits, hyphens and spaces.
  package mutating func add(_ name: StaticString, words: StaticString) {
    guard let format else { return fields.append((name.description, words.description)) }
    begin(name)
    let isQuoted = format == .json || words.withUTF8Buffer { $0.contains(0x20) }
    if isQuoted { output.append(UInt8(ascii: "\"")) }
    output.append(words)
    if isQuoted { output.append(UInt8(ascii: "\"")) }
  }

  /// Says a number.
  package mutating func add(_ name: StaticString, decimal value: Int) {
    guard let format else { return fields.append((name.description, String(value))) }
    begin(name)
    if format == .json { output.append(UInt8(ascii: "\"")) }
    output.append(decimal: value)
    if format == .json { output.append(UInt8(ascii: "\"")) }
  }

  private mutating func begin(_ name: StaticString) {
    if format == .text {
      output.append(UInt8(ascii: " "))
      output.append(name)
      output.append(UInt8(ascii: "="))
    } else {
      output.append(",\"" as StaticString)
      output.append(name)
      output.append("\":" as StaticString)
    }
  }
}
