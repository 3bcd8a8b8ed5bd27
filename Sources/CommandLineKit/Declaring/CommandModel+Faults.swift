// SPDX-License-Identifier: Apache-2.0

extension CommandModel {
  /// Every way this tree could confuse: two meanings for one name, missing help, words that can never be reached.
  ///
  /// A test demands that there are none.
  package var faults: [String] {
    var faults: [String] = []
    func blame(_ fault: String) { faults.append("\(name): \(fault)") }

    let words = options.map { "--\($0.name)" } + options.compactMap { $0.short.map { "-\($0)" } }
    for word in duplicates(in: words) { blame("\(word) is declared twice") }
    for word in words where word == "--help" || word == "-h" { blame("\(word) is taken by help") }
    for word in duplicates(in: subcommands.flatMap { [$0.info.name] + $0.info.aliases }) {
      blame("two commands are called \(word)")
    }
    for argument in arguments.dropLast() where argument.isRepeated {
      blame("<\(argument.name)> is repeated but not last")
    }
    for (one, next) in zip(arguments, arguments.dropFirst()) where !one.isRequired && next.isRequired {
      blame("<\(next.name)> is required after the optional <\(one.name)>")
    }
    if !subcommands.isEmpty && !arguments.isEmpty { blame("has both commands and words of its own") }
    for field in fields {
      if !isSentence(field.help) { blame("help of \(field.name) is no sentence: '\(field.help)'") }
      if field.kind != .flag && field.placeholder.isEmpty { blame("\(field.name) has no placeholder") }
      if field.kind == .option && field.placeholder.contains(where: \.isLowercase) {
        blame("placeholder \(field.placeholder) of --\(field.name) is not upper case")
      }
    }
    if !isSentence(info.summary) { blame("summary is no sentence: '\(info.summary)'") }
    if subcommands.isEmpty && !info.isHidden && info.examples.isEmpty { blame("has no example") }
    for example in info.examples where !example.line.contains(path[0]) {
      blame("example '\(example.line)' is not ours")
    }
    // Completions step over an option's value without knowing which command comes.
    for option in options {
      let others = everyone.flatMap(\.options).filter {
        $0.name == option.name || $0.short == option.short && $0.short != nil
      }
      if others.contains(where: { $0.kind != option.kind }) {
        blame("--\(option.name) takes a value in one place only")
      }
    }
    return faults + subcommands.flatMap(\.faults)
  }
}

private func isSentence(_ text: String) -> Bool {
  guard let first = text.first, text.hasSuffix(".") else { return false }
  return first.isUppercase || !first.isLetter
}

private func duplicates(in words: [String]) -> [String] {
  var seen: Set<String> = []
  return words.filter { !seen.insert($0).inserted }
}
