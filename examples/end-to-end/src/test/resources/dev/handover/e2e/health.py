"""health.py PORT GENERATION WORKER: an HTTP server that answers with its generation and worker, and /healthz with 500 where a
file bad-GENERATION-WORKER is in its folder, else with 200.
"""

import os
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, name = int(sys.argv[1]), "-".join(sys.argv[2:4])


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        bad = self.path == "/healthz" and os.path.exists("bad-" + name)
        body = name.encode()
        self.send_response(500 if bad else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = False

    def server_bind(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


server = Server(("127.0.0.1", port), Answer)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(poll_interval=0.05)
server.server_close()  # waits for what it has accepted
