"""A worker whose clients say what they want: worker.py HOST MODE GO. Prints its port.

Clients:  answer SECONDS | answer end, once it is told to end | answer go, once there is a file GO | keep
          stream, until it is told to end | bulk, without an end | half an answer, and no more | sink | deaf
Modes:    none     TERM ends it where it stands
          exit     at TERM it exits at once
          reset    at TERM it resets all, and exits
          finish   at TERM it closes what is idle, finishes what was asked, and exits
          leave    at TERM it finishes what was asked, and exits without closing anything
          reraise  the same as finish, and ends by the default action of TERM
          children a process for each client, which takes no notice of TERM; the parent exits at TERM
          mortal   the same, but TERM ends them where they stand
          orphans  the same as children, and each has lost its parent
          apart    the same as children, and each has a session of its own
          gone     both: nothing ties them to the worker any more
          passes   hands its clients to a child over a socket, which takes one only every second, once there is a file GO
"""
import os
import signal
import socket
import struct
import sys
import threading
import time

host, mode, go = sys.argv[1:]
lock, busy, idle, ending = threading.Condition(), set(), set(), threading.Event()


def told_to_go():
    while not os.path.exists(go):
        time.sleep(0.01)


def answer(client, words):
    if words[0] == "answer":
        if words[1] == "end":
            ending.wait()
        elif words[1] == "go":
            told_to_go()
        else:
            time.sleep(float(words[1]))
        client.sendall(b"answered\n")
    elif words[0] in ("keep", "half"):
        client.sendall(b"answered\n" if words[0] == "keep" else b"answ")
        with lock:
            busy.discard(client)
            idle.add(client)
        return client.recv(1000) if not ending.is_set() else None
    elif words[0] == "stream":
        while not ending.is_set():
            client.sendall(b"a piece")
            time.sleep(0.02)
    elif words[0] == "bulk":
        with lock:
            busy.discard(client)
        while True:
            client.sendall(bytes(100000))
    elif words[0] == "sink":
        while client.recv(1000):
            pass
    elif words[0] == "deaf":
        time.sleep(1000)


def serve(client):
    with lock:
        idle.add(client)
    try:
        asked = client.recv(1000)
        while asked:
            with lock:
                idle.discard(client)
                busy.add(client)
            asked = answer(client, asked.decode().split())
    except OSError:
        pass
    with lock:
        client.close()
        busy.discard(client)
        idle.discard(client)
        lock.notify_all()


def told(*_):
    if mode == "reset":
        for one in [*idle, *busy]:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if mode not in ("finish", "leave", "reraise"):
        os._exit(0)
    ending.set()


def in_a_child(client):
    if os.fork() == 0:
        listener.close()
        signal.signal(signal.SIGTERM, signal.SIG_DFL if mode == "mortal" else signal.SIG_IGN)
        if mode in ("apart", "gone"):
            os.setsid()
        if mode in ("orphans", "gone") and os.fork():
            os._exit(0)
        serve(client)
        os._exit(0)
    client.close()


def passing():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    if os.fork() == 0:
        listener.close()
        ours.close()
        told_to_go()
        while True:
            time.sleep(1)
            client = socket.socket(fileno=socket.recv_fds(theirs, 10, 1)[1][0])
            answer(client, client.recv(1000).decode().split())
            client.close()
    theirs.close()
    return ours


os.setsid() if os.getsid(0) != os.getpid() else None
listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
if host == "::":
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
listener.bind((host, 0))
listener.listen(64)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
link = passing() if mode == "passes" else None
if mode not in ("none", "passes"):
    signal.signal(signal.SIGTERM, told)
print(listener.getsockname()[1], flush=True)
listener.settimeout(0.02)
while not ending.is_set():
    try:
        accepted = listener.accept()[0]
    except TimeoutError:
        continue
    if mode in ("children", "mortal", "orphans", "apart", "gone"):
        in_a_child(accepted)
    elif link:
        socket.send_fds(link, [b"x"], [accepted.fileno()])
        accepted.close()
    else:
        threading.Thread(target=serve, args=(accepted,), daemon=True).start()
listener.close()
with lock:
    if mode == "leave":
        lock.wait_for(lambda: not busy)
        os._exit(0)
    for one in idle:
        one.shutdown(socket.SHUT_RD)  # what has come and was not read yet is answered
    lock.wait_for(lambda: not busy and not idle)
if mode == "reraise":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
