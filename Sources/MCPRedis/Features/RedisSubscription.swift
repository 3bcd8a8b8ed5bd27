// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Something that was published.
package struct RedisMessage: Sendable, Hashable {
  package let channel: String
  /// The pattern it was subscribed to by; nil when by its name.
  package let pattern: String?
  package let payload: [UInt8]

  package init(channel: String, pattern: String? = nil, payload: [UInt8]) {
    self.channel = channel
    self.pattern = pattern
    self.payload = payload
  }
}

/// What a subscription has to say.
package enum RedisNews: Sendable, Hashable {
  /// From here on nothing is missed, until the next gap.
  case listening
  /// Messages may be missing here: ask for the truth where it is kept.
  case gap(Gap)
  case message(RedisMessage)

  /// Why something may be missing.
  package enum Gap: Sendable, Hashable {
    /// The connection was lost for so long, and is there again.
    case reconnected(after: Duration)
    /// They came faster than they were read.
    case overrun
  }
}

/// What a subscription is to.
package struct RedisChannels: Sendable, Hashable {
  package var names: [String]
  package var patterns: [String]
  /// Channels that in a cluster belong to the server of their name: all of one slot.
  package var shards: [String]

  package init(_ names: [String] = [], patterns: [String] = [], shards: [String] = []) {
    self.names = names
    self.patterns = patterns
    self.shards = shards
  }

  var count: Int { names.count + patterns.count + shards.count }

  /// What to send, in order.
  var commands: [RedisCommand] {
    [("SUBSCRIBE", names), ("PSUBSCRIBE", patterns), ("SSUBSCRIBE", shards)].compactMap { name, list in
      list.isEmpty ? nil : RedisCommand(name, list.map { .text($0) })
    }
  }
}

/// Hears what is published. It has a connection of its own, which is there again when it was lost; what was published meanwhile
/// is lost, and that is said.
///
/// For one reader. It ends when its client, or its reader's task, does, and throws when the server refuses it.
package struct RedisSubscription: AsyncSequence, Sendable {
  package typealias Element = RedisNews
  private let news: AsyncThrowingStream<RedisNews, any Error>

  init(_ link: SubscriptionLink, _ news: AsyncThrowingStream<RedisNews, any Error>) {
    self.news = news
    link.start()
  }

  package func makeAsyncIterator() -> AsyncThrowingStream<RedisNews, any Error>.Iterator { news.makeAsyncIterator() }
}

extension RedisClient {
  /// Subscribes to channels. The first news is that it listens.
  package func subscribe(to channels: RedisChannels) -> RedisSubscription {
    let (news, teller) = AsyncThrowingStream.makeStream(
      of: RedisNews.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(settings.limits.queuedMessages))
    let link = SubscriptionLink(loop, finder(near: channels.shards.first), settings, channels, map, teller)
    teller.onTermination = { [weak self] _ in
      link.close()
      self?.forget(link)
    }
    keep(link)
    return RedisSubscription(link, news)
  }
}
