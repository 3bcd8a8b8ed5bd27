// SPDX-License-Identifier: Apache-2.0
// Feeds field values to the reader of WWW-Authenticate, and checks what must hold whatever they are.
// Sources: Sources/MCPClientKit/Auth/AuthenticationChallenge.swift

private func written(_ challenge: AuthenticationChallenge) -> String {
  if let text = challenge.token68 { return "\(challenge.scheme) \(text)" }
  let parameters = challenge.parameters.sorted { $0.key < $1.key }.map { name, value in
    "\(name)=\"\(value.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined())\""
  }
  return "\(challenge.scheme) \(parameters.joined(separator: ", "))"
}

/// One input: field values separated by line ends.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  let values = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  let found = AuthenticationChallenge.parse(values)
  precondition(found.count <= 16, "challenges are bounded")
  for challenge in found {
    precondition(!challenge.scheme.isEmpty && challenge.parameters.count <= 32, "a challenge is bounded")
    precondition(challenge.parameters.isEmpty || challenge.token68 == nil, "it is one or the other")
    for name in challenge.parameters.keys {
      precondition(!name.isEmpty && name == name.lowercased(), "names are in lower case")
    }
    precondition(challenge.scopes?.allSatisfy { !$0.isEmpty } ?? true, "a scope is a word")
    let text = written(challenge)
    if text.utf8.count <= 16 << 10 {
      precondition(AuthenticationChallenge.parse([text]) == [challenge], "what is written reads back as it was")
    }
  }
  if let first = values.first {
    let alone = AuthenticationChallenge.parse([first])
    precondition(found.starts(with: alone), "what one value says does not depend on the next")
  }
  return 0
}
