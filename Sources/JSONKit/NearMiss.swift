// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The one of `candidates` most like this name, for "did you mean"; nil when none is close.
  ///
  /// Close means at most a third of the letters changed, added, left out or swapped with their neighbour, whatever
  /// their case. Names longer than 64 bytes are like nothing.
  package func nearest(in candidates: some Sequence<String>) -> String? {
    let wanted = Array(lowercased().utf8.prefix(65))
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var best: String?
    var least = min(max(1, wanted.count / 3), wanted.count - 1) + 1
    for candidate in candidates.prefix(1000) {
      let letters = Array(candidate.lowercased().utf8.prefix(65))
      guard letters.count <= 64, abs(letters.count - wanted.count) < least else { continue }
      let distance = editDistance(wanted, letters)
      if distance < least { (best, least) = (candidate, distance) }
    }
    return best
  }
}

/// How many letters have to be changed, added, left out or swapped with their neighbour to make `left` into `right`.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      let change = last[column] + (left[row] == right[column] ? 0 : 1)
      var distance = min(change, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        distance = min(distance, beforeLast[column - 1] + 1)
      }
      current.append(distance)
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}
