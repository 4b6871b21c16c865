-- For wrk: a request with an id of its own each time, and what was counted, as one line of JSON.
--
--   wrk … -s load.lua http://HOST:PORT -- /TARGET/{id}
local threads = 0
local before, after, id

function setup(thread)
  thread:set("first_id", 1000000 + threads * 100000000)
  threads = threads + 1
end

function init(arguments)
  local head = wrk.format("GET", arguments[1])
  local from, to = head:find("{id}", 1, true)
  before, after, id = head, nil, first_id
  if from then
    before, after = head:sub(1, from - 1), head:sub(to + 1)
  end
end

function request()
  if not after then
    return before
  end
  id = id + 1
  return before .. id .. after
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"pages": %d, "microseconds": %d, "bytes": %d, "not_2xx": %d, "broken": %d, "timeouts": %d, ' ..
      '"p50_ms": %.3f, "p90_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f}',
    summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout, latency:percentile(50) / 1000,
    latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
