#!/usr/bin/env python3
"""A banner server that shares its port with other copies of itself, and knows nothing of any supervisor.

    hello.py [HOST [PORT]]      127.0.0.1 1234 unless given
"""

import os
import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 1234

listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind((host, port))
listener.listen(4096)
print(f"python process {os.getpid()} listens on {host} port {port}", flush=True)

while True:
    client, _ = listener.accept()
    with client:
        try:
            client.sendall(b"Hello from Python process %d\n" % os.getpid())
        except OSError:
            pass  # The client left before its greeting.
