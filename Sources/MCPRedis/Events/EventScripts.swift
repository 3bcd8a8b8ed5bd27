// SPDX-License-Identifier: Apache-2.0

/// What is done with the streams of a session in one step. KEYS of all: the events, what is known of their streams, who sends the
/// general one. ARGV of all: what is added to the time, how long events are kept, for how long the keys are kept, and the stream.
///
/// Of the streams a hash knows: `s:NAME`, whether it is `open`, `closed`, or `lost` with its server; `n:NAME`, how many events of it
/// are kept; `l:NAME`, which server sends it; `q:NAME`, which requests it answers; `bytes` of all events; `forgotten`, the newest
/// that is not kept any more; and `fence`, how often the general stream was claimed.
enum EventScripts {
  private static let common = """
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
    local tag = ARGV[4]
    local function number(id)
      local dash = string.find(id, '-', 1, true)
      if not dash then return tonumber(id) or 0, 0 end
      return tonumber(string.sub(id, 1, dash - 1)) or 0, tonumber(string.sub(id, dash + 1)) or 0
    end
    local function before(one, other)
      local a, b = number(one)
      local c, d = number(other)
      return a < c or (a == c and b < d)
    end
    local function value(fields, name)
      for place = 1, #fields, 2 do if fields[place] == name then return fields[place + 1] end end
    end
    local function settle(name)
      if tonumber(redis.call('HGET', KEYS[2], 'n:' .. name) or 0) > 0 then return end
      local state = redis.call('HGET', KEYS[2], 's:' .. name)
      if state == 'open' or state == 'lost' then return end
      redis.call('HDEL', KEYS[2], 'n:' .. name, 's:' .. name, 'l:' .. name, 'q:' .. name)
    end
    local function forget(event)
      local name, text = value(event[2], 's'), value(event[2], 'd')
      redis.call('XDEL', KEYS[1], event[1])
      redis.call('HSET', KEYS[2], 'forgotten', event[1])
      redis.call('HINCRBY', KEYS[2], 'n:' .. name, -1)
      settle(name)
      return redis.call('HINCRBY', KEYS[2], 'bytes', -#text)
    end
    local function forgetOld()
      while true do
        local event = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
        if not event or number(event[1]) + tonumber(ARGV[2]) > now then return end
        forget(event)
      end
    end
    local function keep()
      redis.call('PEXPIRE', KEYS[1], ARGV[3])
      redis.call('PEXPIRE', KEYS[2], ARGV[3])
    end

    """

  /// Keeps an event. ARGV: …, message, server, the most events, the most bytes. Gives its id and the server that sends the stream; or
  /// `lost`, when its server was taken for dead, or `held`, when another server keeps what is said there.
  static let append = RedisScript(
    common + """
      local holder
      if tag == 'g' then
        holder = redis.call('GET', KEYS[3]) or ''
        local node = string.match(holder, '^([^:]*):') or ''
        if ARGV[6] == '*' then
          if node == '' then return {'held', ''} end
        elseif node ~= '' and ARGV[6] ~= '' and node ~= ARGV[6] then
          return {'held', node}
        end
        holder = node
      else
        if redis.call('HGET', KEYS[2], 's:' .. tag) == 'lost' then return {'lost', ''} end
        holder = redis.call('HGET', KEYS[2], 'l:' .. tag) or ''
      end
      local place = ARGV[1] == '0' and '*' or (string.format('%.0f', now) .. '-*')
      local id = redis.call('XADD', KEYS[1], place, 's', tag, 'd', ARGV[5])
      redis.call('HINCRBY', KEYS[2], 'n:' .. tag, 1)
      local bytes = redis.call('HINCRBY', KEYS[2], 'bytes', #ARGV[5])
      local count = redis.call('XLEN', KEYS[1])
      while count > 1 and (count > tonumber(ARGV[7]) or bytes > tonumber(ARGV[8])) do
        bytes = forget(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1])
        count = count - 1
      end
      forgetOld()
      keep()
      return {id, holder}
      """)

  /// Notes that a stream may be resumed. ARGV: …, server, requests.
  static let open = RedisScript(
    common + """
      if redis.call('HGET', KEYS[2], 's:' .. tag) == 'lost' then return 0 end
      redis.call('HSET', KEYS[2], 's:' .. tag, 'open')
      if ARGV[5] ~= '' then redis.call('HSET', KEYS[2], 'l:' .. tag, ARGV[5], 'q:' .. tag, ARGV[6]) end
      keep()
      return 1
      """, isRepeatable: true)

  /// Notes that nothing more is said. Gives the server that sends the stream, and the requests it answered.
  static let close = RedisScript(
    common + """
      local holder = redis.call('HGET', KEYS[2], 'l:' .. tag) or ''
      local requests = redis.call('HGET', KEYS[2], 'q:' .. tag) or '[]'
      if redis.call('HGET', KEYS[2], 's:' .. tag) ~= 'lost' and redis.call('EXISTS', KEYS[2]) == 1 then
        redis.call('HSET', KEYS[2], 's:' .. tag, 'closed')
        settle(tag)
      end
      return {holder, requests}
      """, isRepeatable: true)

  /// What was said. ARGV: …, position, the most events. Gives nothing when nothing is known of the stream; else whether nothing in
  /// between was forgotten, whether nothing more is said, the position to go on from, and ids and messages by turns.
  static let read = RedisScript(
    common + """
      forgetOld()
      local state = redis.call('HGET', KEYS[2], 's:' .. tag)
      if not state and tonumber(redis.call('HGET', KEYS[2], 'n:' .. tag) or 0) <= 0 then return false end
      local forgotten = redis.call('HGET', KEYS[2], 'forgotten') or '0-0'
      local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
      newest = newest and newest[1] or forgotten
      local position = ARGV[5]
      if before(newest, position) then position = newest end
      local complete = before(position, forgotten) and 0 or 1
      local found, last, start = {}, position, position
      while #found < 2 * tonumber(ARGV[6]) do
        local piece = redis.call('XRANGE', KEYS[1], '(' .. start, '+', 'COUNT', 128)
        if #piece == 0 then break end
        for _, event in ipairs(piece) do
          if value(event[2], 's') == tag and #found < 2 * tonumber(ARGV[6]) then
            found[#found + 1], found[#found + 2] = event[1], value(event[2], 'd')
            last = event[1]
          end
        end
        start = piece[#piece][1]
      end
      if #found == 0 and before(last, forgotten) then last = forgotten end
      return {complete, (state == 'closed' or state == 'lost') and 1 or 0, last, found}
      """, isRepeatable: true)

  /// The newest event that is kept.
  static let newest = RedisScript(
    common + """
      local start = '+'
      while true do
        local piece = redis.call('XREVRANGE', KEYS[1], start, '-', 'COUNT', 64)
        if #piece == 0 then return '0' end
        for _, event in ipairs(piece) do if value(event[2], 's') == tag then return event[1] end end
        start = '(' .. piece[#piece][1]
      end
      """, isRepeatable: true)

  /// Makes a server the one that sends a stream. ARGV: …, server, connection, for how long, whether it is only expected to. Gives the
  /// server that was, and whether the stream was ever sent.
  static let claim = RedisScript(
    common + """
      if tag ~= 'g' then
        local former = redis.call('HGET', KEYS[2], 'l:' .. tag) or ''
        if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('HSET', KEYS[2], 'l:' .. tag, ARGV[5]) end
        return {former, 1}
      end
      local former = redis.call('GET', KEYS[3]) or ''
      if ARGV[8] == '1' and former ~= '' then return {former, 1} end
      local heard = redis.call('HGET', KEYS[2], 'heard') and 1 or 0
      local fence = redis.call('HINCRBY', KEYS[2], 'fence', 1)
      if ARGV[8] ~= '1' then redis.call('HSET', KEYS[2], 'heard', 1) end
      redis.call('SET', KEYS[3], ARGV[5] .. ':' .. ARGV[6] .. ':' .. fence, 'PX', ARGV[7])
      keep()
      return {string.match(former, '^([^:]*):') or '', heard}
      """)

  /// Keeps a claim, or takes one that nobody has any more; 0 when another has it. ARGV: …, server, connection, for how long.
  static let hold = RedisScript(
    common + """
      local holder = redis.call('GET', KEYS[3])
      if holder and string.match(holder, '^([^:]*):') ~= ARGV[5] then return 0 end
      if holder then
        redis.call('PEXPIRE', KEYS[3], ARGV[7])
      else
        local fence = redis.call('HINCRBY', KEYS[2], 'fence', 1)
        redis.call('SET', KEYS[3], ARGV[5] .. ':' .. ARGV[6] .. ':' .. fence, 'PX', ARGV[7])
      end
      keep()
      return 1
      """, isRepeatable: true)
}
