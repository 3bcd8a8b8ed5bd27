// SPDX-License-Identifier: Apache-2.0

/// What is done with tasks in one step. The time is that of Redis, in milliseconds; the first argument is added to it.
///
/// Of all tasks there is an index, a sorted set of their ids by when they are over, and a hash with the room each has (`i:ID`), that of
/// all (`#total`), and the number of the last (`#last`). Each owner has two sorted sets: by when they are over, and by number.
enum TaskScripts {
  private static let now = """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
    local function keep(key, time)
      if redis.call('PTTL', key) < tonumber(time) then redis.call('PEXPIRE', key, time) end
    end
    local function forget(ends, order)
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now)) do redis.call('ZREM', order, id) end
      redis.call('ZREMRANGEBYSCORE', ends, '-inf', now)
    end

    """

  /// Makes room for a task. KEYS: index, room, ends and order of its owner. ARGV: shift, id, lifetime, its room, the most tasks, the
  /// most room. Gives 0, or 1 when there are too many, 2 when they are too large, 3 when there is one of that id.
  static let admit = RedisScript(
    now + """
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
        redis.call('HINCRBY', KEYS[2], '#total', -(redis.call('HGET', KEYS[2], 'i:' .. id) or 0))
        redis.call('HDEL', KEYS[2], 'i:' .. id)
      end
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
      forget(KEYS[3], KEYS[4])
      if redis.call('ZSCORE', KEYS[1], ARGV[2]) then return 3 end
      if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[5]) then return 1 end
      if (redis.call('HGET', KEYS[2], '#total') or 0) + ARGV[4] > tonumber(ARGV[6]) then return 2 end
      local number = redis.call('HINCRBY', KEYS[2], '#last', 1)
      redis.call('HINCRBY', KEYS[2], '#total', ARGV[4])
      redis.call('HSET', KEYS[2], 'i:' .. ARGV[2], ARGV[4])
      redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
      redis.call('ZADD', KEYS[3], now + ARGV[3], ARGV[2])
      redis.call('ZADD', KEYS[4], number, ARGV[2])
      for _, key in ipairs(KEYS) do keep(key, ARGV[3]) end
      return 0
      """)

  /// Gives room back. KEYS: as above. ARGV: shift, id.
  static let withdraw = RedisScript(
    now + """
      if redis.call('ZREM', KEYS[1], ARGV[2]) == 0 then return 0 end
      redis.call('HINCRBY', KEYS[2], '#total', -(redis.call('HGET', KEYS[2], 'i:' .. ARGV[2]) or 0))
      redis.call('HDEL', KEYS[2], 'i:' .. ARGV[2])
      redis.call('ZREM', KEYS[3], ARGV[2])
      redis.call('ZREM', KEYS[4], ARGV[2])
      return 1
      """, isRepeatable: true)

  /// Makes more room for a task; 0 when there is none, 2 when its time is up and its room was given back. KEYS: room, index. ARGV:
  /// shift, id, its room, the most room.
  static let grow = RedisScript(
    now + """
      if not redis.call('ZSCORE', KEYS[2], ARGV[2]) then return 2 end
      local old = tonumber(redis.call('HGET', KEYS[1], 'i:' .. ARGV[2]) or 0)
      local more = ARGV[3] - old
      if more <= 0 then return 1 end
      if (redis.call('HGET', KEYS[1], '#total') or 0) + more > tonumber(ARGV[4]) then return 0 end
      redis.call('HINCRBY', KEYS[1], '#total', more)
      redis.call('HSET', KEYS[1], 'i:' .. ARGV[2], ARGV[3])
      return 1
      """, isRepeatable: true)

  /// Keeps a new task; 0 when there is one. KEYS: the task. ARGV: shift, lifetime, record, room, node, boot.
  static let create = RedisScript(
    now + """
      if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
      redis.call('HSET', KEYS[1], 'record', ARGV[3], 'version', 1, 'end', now + ARGV[2], 'room', ARGV[4],
        'node', ARGV[5], 'bootId', ARGV[6])
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      return 1
      """)

  /// Reads a task: the record, its room, and how long it lives; nothing when there is none. KEYS: the task. ARGV: shift.
  static let read = RedisScript(
    now + """
      local known = redis.call('HMGET', KEYS[1], 'record', 'room', 'end')
      if not known[1] or now >= tonumber(known[3]) then return false end
      return {known[1], known[2], known[3] - now}
      """, isRepeatable: true)

  /// Keeps a changed task, and says so; 0 when somebody was faster, or there is none. KEYS: the task. ARGV: shift, the version that was
  /// read, record, room, channel, id.
  static let write = RedisScript(
    now + """
      local known = redis.call('HMGET', KEYS[1], 'version', 'end')
      if known[1] ~= ARGV[2] or now >= tonumber(known[2]) then return 0 end
      redis.call('HSET', KEYS[1], 'record', ARGV[3], 'version', ARGV[2] + 1, 'room', ARGV[4])
      redis.call('PUBLISH', ARGV[5], ARGV[6])
      return 1
      """)

  /// The ids and numbers of an owner's tasks, oldest first; nothing when no task had that number yet. KEYS: room, ends, order. ARGV:
  /// shift, the number after which to begin, how many.
  static let list = RedisScript(
    now + """
      if tonumber(ARGV[2]) > tonumber(redis.call('HGET', KEYS[1], '#last') or 0) then return false end
      forget(KEYS[2], KEYS[3])
      return redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
      """, isRepeatable: true)
}
