-- For wrk: what it counted, as one line of JSON.
function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"pages": %d, "microseconds": %d, "bytes": %d, "not_2xx": %d, "broken": %d, "timeouts": %d, ' ..
      '"p50_ms": %.3f, "p90_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f}',
    summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout, latency:percentile(50) / 1000,
    latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
