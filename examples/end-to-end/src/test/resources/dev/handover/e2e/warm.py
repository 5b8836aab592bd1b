"""warm.py PORT GENERATION DIES: an HTTP server that tells its generation, its pid, and how many requests of a warm-up it had
had before its first client. As a generation from the second on it dies at the warm-up's DIES-th request; 0: never.
"""

import os
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, generation, dies = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
counting = threading.Lock()
warm_ups, before_first_client = 0, None


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        global warm_ups, before_first_client
        with counting:
            if self.headers["User-Agent"] == "handover-warm-up":
                warm_ups += 1
            elif before_first_client is None:
                before_first_client = warm_ups
            if dies and generation > 1 and warm_ups == dies:
                os._exit(3)
        body = f"{generation} {os.getpid()} {before_first_client}".encode()
        self.send_response(200)
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
