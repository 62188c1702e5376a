-- What wrk sends, and what it tells at the end: a line of JSON.
-- wrk ... -- GET PATH | CREATE WORD | MIXED PATH

local counter = 0
local kind, argument

function init(arguments)
  kind, argument = arguments[1], arguments[2]
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  if kind == "GET" then
    return wrk.format("GET", argument)
  end
  counter = counter + 1
  if kind == "MIXED" then
    if counter % 10 == 0 then
      return wrk.format("GET", argument)
    end
    return wrk.format("POST", "/api/users", nil, '{"name": " ", "email": "nobody"}')
  end
  local email = string.format("ada.%s.%d@example.com", argument, counter)
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
