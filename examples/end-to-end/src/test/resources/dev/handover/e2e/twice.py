"""twice.py PORT WORKS: opens its listener, as to try it, closes it after WORKS seconds of work, and opens another to serve, as
Apache does. Negative: it sleeps meanwhile, so that nothing tells it from one that serves.
"""

import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, works = int(sys.argv[1]), float(sys.argv[2])


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"hi\n")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 512

    def server_bind(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


tried = Server(("127.0.0.1", port), Answer)
over = time.monotonic() + abs(works)
while time.monotonic() < over:
    if works < 0:
        time.sleep(over - time.monotonic())
tried.server_close()
Server(("127.0.0.1", port), Answer).serve_forever()
