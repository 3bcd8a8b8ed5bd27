// SPDX-License-Identifier: Apache-2.0
import EventIO

/// What a server of a cluster answers when a key is not its own.
enum Redirection: Hashable {
  /// The slot is served elsewhere from now on.
  case moved(slot: Int, to: StreamEndpoint)
  /// This once, the server to which the slot is on its way has to be asked.
  case ask(StreamEndpoint)
  /// Nothing was done, and may be soon.
  case later

  /// - Parameter asked: who answered; a server that does not know its own name leaves the host away.
  init?(_ error: String, by asked: StreamEndpoint) {
    let words = error.split(separator: " ")
    switch words.first {
    case "MOVED":
      guard words.count >= 3, let slot = Int(words[1]), (0..<HashSlot.count).contains(slot),
        let target = Self.endpoint(words[2], seenFrom: asked)
      else { return nil }
      self = .moved(slot: slot, to: target)
    case "ASK":
      guard words.count >= 3, let target = Self.endpoint(words[2], seenFrom: asked) else { return nil }
      self = .ask(target)
    case "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN": self = .later
    default: return nil
    }
  }

  private static func endpoint(_ text: Substring, seenFrom asked: StreamEndpoint) -> StreamEndpoint? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
      return nil
    }
    let host = text[..<colon]
    if !host.isEmpty { return .host(String(host), port: port) }
    guard case .host(let own, _) = asked else { return nil }
    return .host(own, port: port)
  }
}
