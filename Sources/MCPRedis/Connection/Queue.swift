// SPDX-License-Identifier: Apache-2.0

/// First in, first out.
struct Queue<Element> {
  private var elements: [Element?] = []
  private var first = 0

  var count: Int { elements.count - first }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard first < elements.count else { return nil }
    let element = elements[first]
    elements[first] = nil
    first += 1
    if first == elements.count || first >= 1024 {
      elements.removeFirst(first)
      first = 0
    }
    return element
  }

  /// Empties the queue, and returns what was in it.
  mutating func removeAll() -> [Element] {
    defer { self = Queue() }
    return elements[first...].compactMap(\.self)
  }

  /// What is first, to be changed.
  mutating func withFirst<Result>(_ body: (inout Element) -> Result) -> Result? {
    guard first < elements.count, var element = elements[first] else { return nil }
    elements[first] = nil
    defer { elements[first] = element }
    return body(&element)
  }

  func forEach(_ body: (Element) -> Void) {
    for index in first..<elements.count {
      if let element = elements[index] { body(element) }
    }
  }
}
