"""slow.py PORT MODE GATE: reads a question, and answers once the file GATE is there. At SIGTERM, by mode:

finish    it accepts no more, answers all that have asked, and exits with 0
reraise   the same, and ends by the signal
leave     it exits with 0 at once
nothing   the signal's default action
children  has a process for each client; it exits with 0, and they go on
"""

import os
import signal
import socket
import sys
import threading
import time

port, mode, gate = int(sys.argv[1]), sys.argv[2], sys.argv[3]
answering, ended = 0, threading.Condition()


def answer(client):
    with client:
        client.recv(1000)
        while not os.path.exists(gate):
            time.sleep(0.05)
        client.sendall(b"answer\n")


def answer_in_thread(client):
    global answering
    answer(client)
    with ended:
        answering -= 1
        ended.notify_all()


class Told(Exception):
    pass


def told(*_):
    raise Told


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind(("127.0.0.1", port))
listener.listen(64)
if mode == "leave":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
elif mode != "nothing":
    signal.signal(signal.SIGTERM, told)
try:
    while True:
        client = listener.accept()[0]
        if mode != "children":
            with ended:
                answering += 1
            threading.Thread(target=answer_in_thread, args=(client,)).start()
        elif os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            listener.close()
            answer(client)
            os._exit(0)
        else:
            client.close()
except Told:
    listener.close()
with ended:
    ended.wait_for(lambda: answering == 0)
if mode == "reraise":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
