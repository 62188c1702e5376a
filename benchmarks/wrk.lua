-- What wrk sends, and what it prints at the end: a line of JSON.
-- wrk ... -- GET PATH | CREATE WORD | KEYED WORD | MIXED PATH WORD

local counter = 0
local kind, path, word

function init(arguments)
  kind, path, word = arguments[1], arguments[2], arguments[#arguments]
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  if kind == "GET" then
    return wrk.format("GET", path)
  end
  counter = counter + 1
  if kind == "MIXED" and counter % 10 == 0 then
    return wrk.format("GET", path)
  end
  if kind == "MIXED" and counter % 10 ~= 1 then
    return wrk.format("POST", "/api/users", nil, '{"name": " ", "email": "nobody"}')
  end
  local email = string.format("ada.%s.%d@example.com", word, counter)
  if kind == "KEYED" then
    wrk.headers["Idempotency-Key"] = string.format("key-%s-%d", word, counter)
  end
  return wrk.format("POST", "/api/users", nil, string.format('{"name": "Ada Lovelace", "email": "%s"}', email))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "median": %d, "p99": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
