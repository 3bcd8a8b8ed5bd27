// SPDX-License-Identifier: Apache-2.0

/// The candidate most like `word`; nil when none is close enough to have been meant.
package func nearMiss(of word: String, in candidates: some Sequence<String>) -> String? {
  let typed = utf8(word)
  return nearest(to: word, in: candidates).flatMap { candidate in
    let meant = utf8(candidate)
    let longest = max(typed.count, meant.count)
    let isClose = closeness(typed, meant) <= min(max(1, longest / 3), longest - 1)
    return isClose || isPart(typed, of: meant) ? candidate : nil
  }
}

/// The candidate least unlike `word`, the first of several; nil when there are no candidates.
package func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
  let typed = utf8(word)
  let ranked = candidates.map { (candidate: $0, distance: closeness(typed, utf8($0))) }
  return ranked.min { $0.distance < $1.distance }?.candidate
}

private func utf8(_ word: String) -> [UInt8] { Array(word.lowercased().utf8.prefix(64)) }

/// The edit distance, but at most 2 when one word holds the other: `calc` is near `calculator`.
private func closeness(_ typed: [UInt8], _ meant: [UInt8]) -> Int {
  min(editDistance(typed, meant), isPart(typed, of: meant) ? 2 : .max)
}

/// Whether one of two words of three letters or more holds the other.
private func isPart(_ one: [UInt8], of other: [UInt8]) -> Bool {
  min(one.count, other.count) >= 3 && (contains(other, one) || contains(one, other))
}

private func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
  guard part.count <= whole.count else { return false }
  return (0...(whole.count - part.count)).contains { whole[$0...].starts(with: part) }
}

/// How many letters must be inserted, dropped, replaced or swapped with their neighbour (optimal string alignment).
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var before: [Int] = []
  var previous = Array(0...other.count)
  for row in one.indices {
    var current = [row + 1]
    for column in other.indices {
      let change = previous[column] + (one[row] == other[column] ? 0 : 1)
      var least = min(change, previous[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
        least = min(least, before[column - 1] + 1)
      }
      current.append(least)
    }
    (before, previous) = (previous, current)
  }
  return previous[other.count]
}
