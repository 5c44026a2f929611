-- SPDX-License-Identifier: GPL-2.0-or-later
-- wrk.lua - sends requests as a browser does to a forward proxy, for each host in a file in turn. Called by squid.sh:
--
--     wrk -s wrk.lua http://PROXY -- FILE

local requests, at = {}, 0

function init(args)
   for host in io.lines(args[1]) do
      requests[#requests + 1] = "GET http://" .. host .. "/ HTTP/1.1\r\nHost: " .. host .. "\r\n\r\n"
   end
end

function request()
   at = at % #requests + 1
   return requests[at]
end

function done(summary, latency)
   local errors = summary.errors
   print(string.format("bench %d %.0f %d %.0f", summary.requests, summary.duration,
      errors.connect + errors.read + errors.write + errors.timeout + errors.status, latency:percentile(99)))
end
