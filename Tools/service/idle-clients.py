"""Ten thousand connections that say nothing, a hundred that say a byte a second: others are answered as
before, and a path that tries to leave the page's folder gets nothing.

    idle-clients.py ADDRESS [CONNECTIONS]
"""
import http.client
import resource
import socket
import sys
import time
from urllib.parse import urlsplit

place = urlsplit(sys.argv[1])
wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
wanted = min(wanted, most - 200)


def ask(path):
    start = time.monotonic()
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, 1000 * (time.monotonic() - start)


query = "/v1/predict?ra=60&dec=20&radius=1&time=2026-11-23T04:00:00Z"
assert ask(query)[0] == 200
alone = sorted(ask(query)[2] for _ in range(50))
idle = [socket.create_connection((place.hostname, place.port), timeout=30) for _ in range(wanted)]
slow = [socket.create_connection((place.hostname, place.port), timeout=30) for _ in range(100)]
among = []
for turn in range(50):
    for client in slow:
        try:
            client.send(b"GET / HTTP/1.1\r\n"[turn % 16:turn % 16 + 1])
        except OSError:
            pass  # It was let go, as it should be.
    status, _, milliseconds = ask(query)
    assert status == 200, status
    among.append(milliseconds)
among.sort()
print(f"{len(idle)} idle and {len(slow)} slow connections: median {among[25]:.1f} ms, longest "
      f"{among[-1]:.1f} ms (alone {alone[25]:.1f} and {alone[-1]:.1f})")
assert among[-1] < 5_000, "a request stalled"
for path in ["/../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
             "/app.js/../../README.md", "/app.js%00.html", "/v1/export/..%2f..%2fetc%2fpasswd"]:
    status, body, _ = ask(path)
    assert 400 <= status < 500 and b"root:" not in body, (path, status)
for client in idle + slow:
    client.close()
assert ask("/health")[0] == 200
