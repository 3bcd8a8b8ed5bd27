// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// Prints results: the one place that switches on the output format.
struct Output {
  let format: OutputFormat
  /// Narrows the result first.
  let path: JSONPath?
  /// A file to write instead of standard output.
  let file: String?
  /// Whether tables have headings.
  var showsHeadings = true
  /// The columns of tables; all of them when nil.
  var columns: ColumnChoice?

  /// Says on standard error that a list is empty where standard output shows nothing: rows that are read by a program.
  func tell(empty list: String, _ talk: Talk, on console: Console) {
    let isRows = path == nil && file == nil && [.text, .table, .wide].contains(format)
    if isRows, !console.output.isTerminal, talk.verbosity >= 0 { console.error.print(list) }
  }

  /// Prints `presentation`; throws `Failure` when `--path` finds nothing or the file cannot be written.
  func show(_ presentation: Presentation, on console: Console) throws(Failure) {
    var presentation = presentation
    presentation.table = try presentation.table.map(picked)
    if let file, let bytes = presentation.file, path == nil, format == .text {
      return try write(bytes, to: file, console)
    }
    let stream = file == nil ? console.output : console.output.uncolored
    let text =
      if let path { try narrowed(presentation, by: path, stream) } else { whole(presentation, stream, console) }
    if let file { return try write(Array(text.utf8), to: file, console) }
    if path == nil, format == .text, let bytes = presentation.file, !console.output.isTerminal {
      // What is no text is a file; a text that colours are wanted for is shown as on a terminal.
      let isText = String(validating: bytes, as: UTF8.self) != nil
      if !isText || !console.output.colorsResults { return console.output.write(bytes) }
    }
    console.output.write(text)
  }

  /// The columns of `table` that are wanted.
  func picked(_ table: Table) throws(Failure) -> Table {
    guard let columns else { return table }
    guard path == nil, [.text, .table, .wide].contains(format) else {
      throw Failure(
        .usage, "usage", "--columns is for tables, not for \(path == nil ? "-o \(format.rawValue)" : "--path")",
        hint: "-o custom-columns=NAME:.name,TITLE:.title makes a table of any paths")
    }
    return try columns.picked(from: table)
  }

  /// Refuses a file that cannot be written, before anything is asked whose answer would be lost.
  func checkFile() throws(Failure) {
    guard let file else { return }
    let reason = Directory.whyUnwritable(file)
    if let reason { throw Failure(.usage, "file", "--out: \(file): \(reason)", hint: "nothing was sent") }
  }

  private func whole(_ presentation: Presentation, _ stream: OutputStream, _ console: Console) -> String {
    func marked(_ text: String) -> String {
      switch presentation.markup {
      case .none: stream.safe(text)
      case .json: stream.json(text)
      case .markdown: stream.styled(markdown: stream.safe(text))
      case .statuses: stream.styled(statuses: stream.safe(text))
      }
    }
    switch format {
    case .json: return stream.json(presentation.object.pretty + "\n")
    case .raw: return stream.json(presentation.object.text + "\n")
    case .jsonl: return stream.json(presentation.items.map { $0.text + "\n" }.joined())
    case .yaml: return stream.safe(presentation.object.yaml)
    case .value: return stream.line(presentation.value)
    case .name:
      let isOne = presentation.names.isEmpty && presentation.table == nil
      return isOne
        ? stream.line(presentation.value) : stream.safe(presentation.names.map { oneLine($0) + "\n" }.joined())
    case .text, .table, .wide:
      if !presentation.parts.isEmpty, file == nil, let pictures = Pictures(console) {
        return pictures.text(of: presentation.parts, safe: marked)
      }
      guard let table = presentation.table, !table.rows.isEmpty else {
        let isForPeople = presentation.table == nil || stream.isTerminal
        return isForPeople ? marked(presentation.text.terminated) : ""
      }
      if format == .text && !stream.isTerminal { return table.plain(wide: false) }
      let width = stream.isTerminal && format != .wide ? stream.width : nil
      return aligned(table, isWide: format == .wide, width: width, stream)
    case .jsonpath(let template): return printed(template, presentation.object, stream)
    case .customColumns(let columns):
      return aligned(
        columns.table(of: presentation.isList ? presentation.items : [presentation.object]), isWide: true,
        width: nil, stream)
    }
  }

  private func aligned(_ table: Table, isWide: Bool, width: Int?, _ stream: OutputStream) -> String {
    table.aligned(wide: isWide, width: width, below: showsHeadings ? nil : [], bold: stream.bold)
  }

  /// The line ends are those of the expression, but for one that leads to the prompt of a terminal.
  private func printed(_ template: JSONPathTemplate, _ value: JSON, _ stream: OutputStream) -> String {
    let text = template.text(of: value)
    return stream.safe(stream.isTerminal ? text.terminated : text)
  }

  private func narrowed(
    _ presentation: Presentation, by path: JSONPath, _ stream: OutputStream
  ) throws(Failure) -> String {
    let found = path.find(in: presentation.object)
    guard !found.isEmpty || path.isPlural else {
      throw Failure(.negative, "no_match", "--path \(path.shown ?? "") finds nothing in the result")
    }
    let value = path.isPlural ? JSON.array(found) : found[0]
    return switch format {
    case .json: stream.json(value.pretty + "\n")
    case .raw: stream.json(value.text + "\n")
    case .yaml: stream.safe(value.yaml)
    case .jsonl: stream.json(found.map { $0.text + "\n" }.joined())
    case .text, .table, .wide, .name, .value: found.map(stream.line).joined()
    case .jsonpath(let template): printed(template, value, stream)
    case .customColumns(let columns):
      aligned(columns.table(of: value.array ?? [value]), isWide: true, width: nil, stream)
    }
  }

  private func write(_ bytes: [UInt8], to file: String, _ console: Console) throws(Failure) {
    do throws(FileFault) {
      try console.writeFile(file, bytes)
    } catch {
      throw Failure(.usage, "file", "--out: \(error)")
    }
  }
}

extension OutputStream {
  /// Text of a server, with what a terminal would obey written out where one may come to read it.
  fileprivate func safe(_ text: String) -> String { isTerminal || colorsResults ? safeText(text) : text }

  /// JSON of a server.
  fileprivate func json(_ text: String) -> String { colored(json: safe(text)) }

  /// A string as it is, anything else as JSON; with a line end.
  fileprivate func line(_ value: JSON) -> String {
    value.string.map { safe($0.terminated) } ?? json(value.text + "\n")
  }
}

extension String {
  /// With a line end, unless there is one or nothing at all.
  var terminated: String { isEmpty || hasSuffix("\n") ? self : self + "\n" }
}
