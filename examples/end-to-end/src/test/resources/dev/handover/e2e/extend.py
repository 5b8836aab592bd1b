"""extend.py PORT STARTED ENDED: asks for two minutes as it starts, and is ready once the file STARTED is there; the same as
it is told to drain by SIGTERM, and ends once ENDED is there."""

import os
import signal
import socket
import sys
import threading
import time

port, started, ended = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def notify(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])


def take_time(until):
    notify("EXTEND_TIMEOUT_USEC=120000000")
    while not os.path.exists(until):
        time.sleep(0.05)


told = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: told.set())
take_time(started)
with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    notify("READY=1")
    while not told.wait(0.05):
        pass
take_time(ended)
