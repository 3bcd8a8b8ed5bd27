// SPDX-License-Identifier: Apache-2.0

/// The name most like `word`, for "did you mean"; nil when none is close.
func nearMiss(of word: String, among names: [String]) -> String? {
  let word = Array(word.lowercased().utf8.prefix(64))
  let limit = max(1, word.count / 3)
  var best: (name: String, distance: Int)?
  for name in names.prefix(1000) {
    let distance = editDistance(word, Array(name.lowercased().utf8.prefix(64)))
    if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}

/// How many insertions, deletions and replacements turn one into the other.
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var row = Array(0...other.count)
  for (index, byte) in one.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for column in other.indices {
      let replaced = diagonal + (byte == other[column] ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[other.count]
}
