// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// Where the arguments of a call come from: the words, `--args`, and standard input when there is neither.
struct ArgumentSource {
  /// The most that is read from a file or standard input.
  static let limit = 64 << 20

  let words: [String]
  /// The value of `--args`.
  let base: String?
  /// What messages call it.
  var baseName = "--args"
  let console: Console
  /// Hears what could have been meant in another way.
  var tell: (String) -> Void = { _ in }

  func arguments(_ rules: ArgumentReader.Rules) throws(ArgumentFaults) -> JSONObject {
    let console = console
    var reader = ArgumentReader(rules) { path throws(FileFault) in
      path == "-" ? try console.input.readToEnd(limit: Self.limit) : try console.readFile(path, Self.limit)
    }
    let arguments = try reader.arguments(from: words, base: try baseObject(rules))
    for note in reader.notes { tell(note) }
    return arguments
  }

  private func baseObject(_ rules: ArgumentReader.Rules) throws(ArgumentFaults) -> JSONObject {
    if let base {
      return try object(base.hasPrefix("@") ? .file(String(base.dropFirst())) : base == "-" ? .file("-") : .text(base))
    }
    let takesArguments = rules.schema.map { !InputSchema($0).properties.isEmpty } ?? false
    guard words.isEmpty, takesArguments, !console.input.isTerminal, !console.input.isTaken else { return [:] }
    return try object(.file("-"))
  }

  private func object(_ source: ArgumentWord.Source) throws(ArgumentFaults) -> JSONObject {
    do {
      switch source {
      case .text(let text): return try object(Array(text.utf8), baseName)
      case .file("-"): return try object(try console.input.readToEnd(limit: Self.limit), "standard input")
      case .file(let path): return try object(try console.readFile(path, Self.limit), path)
      }
    } catch {
      throw ArgumentFaults(faults: [(error as? ValueFault)?.message ?? "\(error)"])
    }
  }

  private func object(_ bytes: [UInt8], _ place: String) throws(ValueFault) -> JSONObject {
    if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return [:] }
    do throws(JSONError) {
      if let object = try JSON(parsing: bytes).object { return object }
    } catch {
      throw ValueFault("\(place) is no JSON: \(error)")
    }
    throw ValueFault("\(place) holds no JSON object")
  }
}
