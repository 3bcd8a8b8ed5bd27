// SPDX-License-Identifier: Apache-2.0

/// A word of a command.
package enum RedisArgument: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case text(String)
  case bytes([UInt8])
  case int(Int)
  /// The name of a key: in a cluster it decides which server is asked.
  case key(String)

  package init(stringLiteral text: String) { self = .text(text) }
  package init(integerLiteral number: Int) { self = .int(number) }
}

/// What Redis is asked to do: a name and its arguments.
package struct RedisCommand: Sendable, CustomStringConvertible, CustomReflectable {
  /// The command's name, in upper case, for errors and for what is known of it.
  package let name: String
  /// Whether it may be sent again when nobody knows whether it was carried out. By default only what just reads.
  package var isRepeatable: Bool
  /// How long the answer may take; nil for the client's own.
  package var time: Duration?
  /// The first key, in a cluster.
  private(set) var key: String?

  /// The words, one after the other, and where each ends.
  private var bytes: [UInt8] = []
  private var lengths: [Int] = []

  /// Makes a command, such as `RedisCommand("HSET", .key("a"), "field", .bytes(value))`. A name of two words is two words.
  package init(_ name: String, _ arguments: RedisArgument...) {
    self.init(name, arguments)
  }

  /// Makes a command of a list of arguments.
  package init(_ name: String, _ arguments: [RedisArgument]) {
    self.name = name
    isRepeatable = Self.readers.contains(name)
    for word in name.split(separator: " ") { append(.text(String(word))) }
    for argument in arguments { append(argument) }
  }

  /// The name alone: arguments are nobody's business.
  package var description: String { name }
  package var customMirror: Mirror { Mirror(self, children: ["name": name]) }

  /// Adds an argument.
  package mutating func append(_ argument: RedisArgument) {
    let start = bytes.count
    switch argument {
    case .text(let text): bytes.append(contentsOf: text.utf8)
    case .bytes(let more): bytes.append(contentsOf: more)
    case .int(let number): bytes.append(contentsOf: String(number).utf8)
    case .key(let name):
      bytes.append(contentsOf: name.utf8)
      if key == nil { key = name }
    }
    lengths.append(bytes.count - start)
  }

  /// Says who is asked in a cluster, of a command that names no key: the server of that one.
  package func near(_ key: String) -> RedisCommand {
    var command = self
    command.key = key
    return command
  }

  /// May be sent again when its outcome is not known.
  package var repeatable: RedisCommand {
    var command = self
    command.isRepeatable = true
    return command
  }

  /// With a deadline of its own.
  package func within(_ time: Duration) -> RedisCommand {
    var command = self
    command.time = time
    return command
  }

  /// What only reads, so that asking twice does no harm.
  private static let readers: Set<String> = [
    "CLUSTER SLOTS", "DBSIZE", "EVALSHA_RO", "EVAL_RO", "EXISTS", "GET", "HEXISTS", "HGET", "HGETALL", "HKEYS", "HLEN",
    "HMGET", "INFO", "LLEN", "LRANGE", "MEMORY USAGE", "MGET", "OBJECT FREQ", "OBJECT IDLETIME", "PEXPIRETIME", "PING",
    "PTTL", "PUBSUB NUMSUB", "ROLE", "SCAN", "SCARD", "SISMEMBER", "SMEMBERS", "STRLEN", "TIME", "TTL", "TYPE", "XLEN",
    "XRANGE", "XREAD", "XREVRANGE", "ZCARD", "ZCOUNT", "ZRANGE", "ZRANGEBYSCORE", "ZSCAN", "ZSCORE",
  ]
}

// MARK: - On the wire

extension RedisCommand {
  /// Calls `body` with the words one after the other and their lengths.
  func withWords<Result>(_ body: (UnsafePointer<UInt8>?, [Int]) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { body($0.baseAddress, lengths) }
  }

  /// A server's text about this command without what was sent: servers like to repeat it.
  func censored(_ text: String) -> String {
    var text = text
    if let echo = Self.position(of: ", with args beginning with", in: text) { text = String(text[..<echo]) }
    var start = 0
    let nameWords = name.split(separator: " ").count
    for (index, length) in lengths.enumerated() {
      defer { start += length }
      // What is as short as this is a number or an option.
      guard index >= nameWords, length > 3 else { continue }
      let word = String(decoding: bytes[start..<start + length], as: UTF8.self)
      while let place = Self.position(of: word, in: text) {
        text.replaceSubrange(place..<text.index(place, offsetBy: word.count), with: "…")
      }
    }
    return text.count <= 200 ? text : String(text.prefix(200)) + "…"
  }

  private static func position(of part: String, in text: String) -> String.Index? {
    guard !part.isEmpty else { return nil }
    var index = text.startIndex
    while index < text.endIndex {
      if text[index...].hasPrefix(part) { return index }
      index = text.index(after: index)
    }
    return nil
  }
}
