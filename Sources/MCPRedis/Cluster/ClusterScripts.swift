// SPDX-License-Identifier: Apache-2.0

/// What servers that answer for each other do in one step.
enum ClusterScripts {
  /// Takes a name, or keeps it. KEYS: the instance. ARGV: who has the name from now on, lease, fields.
  /// Gives 0 when another has it; 1 when it was kept, 2 when it was taken; and the time, or since when the other has been silent.
  static let renew = RedisScript(
    """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local boot = redis.call('HGET', KEYS[1], 'bootId')
    if boot and boot ~= ARGV[1] then return {0, tonumber(redis.call('HGET', KEYS[1], 'lastBeat') or 0)} end
    redis.call('HSET', KEYS[1], 'bootId', ARGV[1], 'lastBeat', now, unpack(ARGV, 3))
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return {boot and 1 or 2, now}
    """, isRepeatable: true)

  /// Gives a name back. KEYS: the instance. ARGV: who has it.
  static let leave = RedisScript(
    """
    if redis.call('HGET', KEYS[1], 'bootId') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
    return 0
    """, isRepeatable: true)

  /// Says on a stream that its server is gone, unless it has said all there is. KEYS: request, events, streams. ARGV: the server,
  /// who had its name, the last message, for how long the request is remembered. Gives the server that sends the stream now, or
  /// nothing when there was nothing to say.
  static let bury = RedisScript(
    """
    local known = redis.call('HMGET', KEYS[1], 'node', 'bootId', 'stream', 'done')
    if known[1] ~= ARGV[1] or (ARGV[2] ~= '' and known[2] == ARGV[2]) or known[4] ~= '0' then return false end
    redis.call('HSET', KEYS[1], 'done', '1')
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
    local tag = known[3]
    local state = redis.call('HGET', KEYS[3], 's:' .. tag)
    if state ~= 'open' and state ~= 'lost' then return false end
    redis.call('XADD', KEYS[2], '*', 's', tag, 'd', ARGV[3])
    redis.call('HINCRBY', KEYS[3], 'n:' .. tag, 1)
    redis.call('HINCRBY', KEYS[3], 'bytes', #ARGV[3])
    redis.call('HSET', KEYS[3], 's:' .. tag, 'lost')
    return {tag, redis.call('HGET', KEYS[3], 'l:' .. tag) or ''}
    """)
}
