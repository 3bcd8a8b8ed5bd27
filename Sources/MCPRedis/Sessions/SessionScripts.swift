// SPDX-License-Identifier: Apache-2.0

/// What is done with sessions in one step. Each script has keys of one slot. The time is that of Redis, in milliseconds, so that
/// the clocks of the servers do not matter; the first argument is added to it.
enum SessionScripts {
  private static let now = """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])

    """

  /// What a record says of itself; `over` when there is none, or no longer. One that others wrote is none of ours.
  private static let record =
    now + """
      local known = redis.call('HMGET', KEYS[1], 'state', 'lastActive', 'lifetime', 'expiresAt', 'version', 'indexed')
      local over = not (known[1] and known[2] and known[3] and known[4] and known[5])
      if not over then over = now >= math.min(known[2] + known[3], tonumber(known[4])) end

      """

  /// Makes room in the indices. KEYS: the index, that of the principal if there is one. ARGV: shift, id, lifetime, the most
  /// sessions in all, the most of a principal, the longest life.
  static let admit = RedisScript(
    now + """
      for place, key in ipairs(KEYS) do
        redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
        if redis.call('ZCARD', key) >= tonumber(ARGV[3 + place]) then return place end
      end
      for _, key in ipairs(KEYS) do redis.call('ZADD', key, now + ARGV[3], ARGV[2]) end
      if KEYS[2] then redis.call('PEXPIRE', KEYS[2], ARGV[6]) end
      return 0
      """)

  /// Notes in the indices that a session has been used. KEYS: as above. ARGV: shift, id, lifetime, the longest life.
  static let index = RedisScript(
    now + """
      for _, key in ipairs(KEYS) do redis.call('ZADD', key, now + ARGV[3], ARGV[2]) end
      if KEYS[2] then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
      return 1
      """, isRepeatable: true)

  /// Keeps a new record; 0 when there is one, or a grave. KEYS: the session. ARGV: shift, lifetime, the longest life, fields.
  static let create = RedisScript(
    record + """
      if known[1] == 'terminated' or not over then return 0 end
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], 'lastActive', now, 'createdAt', now, 'indexed', now, 'expiresAt', now + ARGV[3],
        unpack(ARGV, 4))
      redis.call('PEXPIRE', KEYS[1], math.min(tonumber(ARGV[2]), tonumber(ARGV[3])))
      return 1
      """)

  /// Reads a record, whose lifetime begins anew: whether the indices should be told, the time, and the fields; nothing when there
  /// is none. A record that is over is not brought back. KEYS: the session. ARGV: shift.
  static let touch = RedisScript(
    record + """
      if known[1] == 'terminated' or over then return false end
      local due = (now - (known[6] or 0)) * 60 >= tonumber(known[3])
      redis.call('HSET', KEYS[1], 'lastActive', now)
      if due then redis.call('HSET', KEYS[1], 'indexed', now) end
      redis.call('PEXPIRE', KEYS[1], math.min(tonumber(known[3]), known[4] - now))
      return {due and 1 or 0, now, redis.call('HGETALL', KEYS[1])}
      """, isRepeatable: true)

  /// Changes a record that nobody else has changed; 0 when somebody has. KEYS: the session. ARGV: shift, the version that was
  /// read, lifetime, fields.
  static let replace = RedisScript(
    record + """
      if known[1] == 'terminated' or over or known[5] ~= ARGV[2] then return 0 end
      redis.call('HDEL', KEYS[1], 'logLevel')
      redis.call('HSET', KEYS[1], 'lastActive', now, 'indexed', now, 'version', ARGV[2] + 1, unpack(ARGV, 4))
      redis.call('PEXPIRE', KEYS[1], math.min(tonumber(ARGV[3]), known[4] - now))
      return 1
      """)

  /// Buries a record: its principal, or an empty text; nothing when there is none. KEYS: the session. ARGV: shift, for how long.
  static let remove = RedisScript(
    record + """
      if known[1] == 'terminated' or over then return false end
      local principal = redis.call('HGET', KEYS[1], 'principal')
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], 'state', 'terminated', 'active', 'false')
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      return principal or ''
      """, isRepeatable: true)
}
