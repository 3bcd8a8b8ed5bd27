-- SPDX-License-Identifier: Apache-2.0
-- wrk script: sends the prepared requests of the file named by WRK_REQUESTS in turn, each there as "<length>\n<bytes>".
-- With WRK_EXPECT, counts answers that are not 200 or lack that text. With WRK_STOP_AFTER, ends after so many answers.
-- Prints one JSON line at the end.
local requests, position = {}, 0
local expected = os.getenv("WRK_EXPECT")
local last = tonumber(os.getenv("WRK_STOP_AFTER"))
local answered = 0
wrong = 0

local file = assert(io.open(os.getenv("WRK_REQUESTS"), "rb"))
while true do
  local length = file:read("*n")
  if not length then break end
  file:read(1)
  requests[#requests + 1] = file:read(length)
end
file:close()

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

function request()
  position = position % #requests + 1
  return requests[position]
end

if expected then
  function response(status, headers, body)
    if status ~= 200 or not body:find(expected, 1, true) then wrong = wrong + 1 end
  end
end

-- wrk counts its whole running time, so a load that ends early has its own clock.
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, nanoseconds; } clock; int clock_gettime(int, clock *);")
local function now()
  local clock = ffi.new("clock[1]")
  ffi.C.clock_gettime(1, clock)
  return tonumber(clock[0].seconds) + tonumber(clock[0].nanoseconds) / 1e9
end

if last then
  local began
  function response()
    if answered == 0 then began = now() end
    answered = answered + 1
    if answered == last then
      took = now() - began
      wrk.thread:stop()
    end
  end
end

function done(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + (thread:get("wrong") or 0) end
  local e, seconds = summary.errors, summary.duration / 1e6
  if last then seconds = threads[1]:get("took") or seconds end
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"wrong":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, seconds, latency:percentile(50), latency:percentile(99), bad,
    e.connect, e.read, e.write, e.status, e.timeout))
end
