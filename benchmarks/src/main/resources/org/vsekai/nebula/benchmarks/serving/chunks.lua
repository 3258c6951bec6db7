-- wrk's script: asks for the paths in a file one after the other, from a place of each thread's own.
-- Arguments: the file, how many of 100 requests carry If-None-Match: *, which is answered with 304.
-- (HEAD cannot be asked with wrk: it waits for the body that Content-Length tells of.)
local requests, count, next_request = {}, 0, 0
local threads = 0

function setup(thread)
  thread:set("place", threads)
  threads = threads + 1
end

function init(arguments)
  local known = tonumber(arguments[2])
  for path in io.lines(arguments[1]) do
    local headers = count * 37 % 100 < known and { ["If-None-Match"] = "*" } or nil
    count = count + 1
    requests[count] = wrk.format("GET", path, headers)
  end
  next_request = math.floor(place * 0.37 % 1 * count)
end

function request()
  next_request = next_request % count + 1
  return requests[next_request]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %.1f %.1f %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
