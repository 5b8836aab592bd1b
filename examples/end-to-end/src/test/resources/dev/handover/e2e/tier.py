"""tier.py NAME PORT [OTHER]: once the file NAME.go is there, it listens on PORT, and answers with its name. As it starts, and at
SIGTERM, it writes a line into the file 'met': its name, which of the two it was, and what the one on port OTHER answered.
"""

import os
import signal
import socket
import sys
import time

name, port = sys.argv[1], int(sys.argv[2])


def meets(when):
    if len(sys.argv) > 3:
        try:
            with socket.create_connection(("127.0.0.1", int(sys.argv[3]))) as other:
                answer = other.makefile().readline().strip()
        except OSError as failed:
            answer = str(failed)
        with open("met", "a") as met:
            met.write(f"{name} {when} {answer}\n")


def told(*_):
    meets("stops")
    sys.exit(0)


signal.signal(signal.SIGTERM, told)
meets("starts")
while not os.path.exists(f"{name}.go"):
    time.sleep(0.05)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
while True:
    client, _ = listener.accept()
    with client:
        client.sendall(f"{name}\n".encode())
