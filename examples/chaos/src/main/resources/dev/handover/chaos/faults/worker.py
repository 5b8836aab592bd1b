"""The worker that chaos puts under fire, on the worker protocol (docs/protocol.md): worker.py MODE FOLDER

At its first address it speaks HTTP, and takes up to 40 ms for an answer, so that there is something to lose; at the second one
it gives lines back. By mode:

plain         it serves
never-ready   it listens, and never says that it is ready
exits-once    it ends as soon as it has said that it is ready; when it is started again, it serves
slow-drain    it says DONE 2 s after it has finished
"""
import errno
import os
import random
import select
import socket
import sys
import time
from contextlib import suppress
from urllib.parse import urlsplit

mode, folder = sys.argv[1:]
name = "g%s/w%s" % (os.environ["HANDOVER_GENERATION"], os.environ["HANDOVER_WORKER"])
reply = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\nX-Worker: fire/%s/%d\r\n\r\nhi\n" % (name, os.getpid())
addresses = [(url.hostname, url.port) for url in map(urlsplit, os.environ["HANDOVER_LISTEN"].split())]
clients, answers, listeners = {}, {}, []  # Clients by how they are spoken to; answers by when they are due.
link, accept_at, connect_at, draining, told = None, 0, 0, False, False


def accept_all(listener):  # Says whether more may come.
    global accept_at
    while True:
        try:
            client = listener.accept()[0]
            clients[client] = http if listener.getsockname()[1] == addresses[0][1] else echo
        except BlockingIOError:
            return True
        except OSError as error:
            if error.errno != errno.EMFILE:
                return error.errno != errno.EINVAL  # Adopted, and the supervisor has ended it.
            accept_at = time.monotonic() + 0.05
            return True


def leave(client):
    clients.pop(client)
    answers.pop(client, None)
    client.close()


def http(client):
    if client.recv(4096):
        answers[client] = time.monotonic() + random.uniform(0, 0.04)
    else:
        leave(client)


def echo(client):
    line = client.recv(4096)
    client.sendall(line) if line else leave(client)


def connect():
    global link, connect_at
    connect_at = time.monotonic() + 0.2
    with suppress(OSError):
        new = socket.socket(socket.AF_UNIX)
        new.connect(os.environ["HANDOVER_SOCKET"])
        new.sendall(b"HELLO=1\nADOPTS=1\n" + (b"" if mode == "never-ready" else b"READY=1\n"))
        link = new


def hear():
    global link, draining, told
    try:
        heard, descriptors, _, _ = socket.recv_fds(link, 4096, 8)
    except OSError:
        heard, descriptors = b"", []
    adopted = [socket.socket(fileno=one) for one in descriptors]
    for one in adopted:
        one.setblocking(False)
    if not draining:  # Who has no listener any more leaves an adopted one to others.
        listeners.extend(adopted)
    if not heard:
        link.close()
        link = None
    elif b"DRAIN=" in heard:
        draining = told = True


def ends_early():
    with suppress(FileExistsError):
        os.close(os.open("%s/exited-%s" % (folder, name.replace("/", "-")), os.O_CREAT | os.O_EXCL))
        return True


try:
    for address in addresses:
        listeners.append(socket.create_server(address, backlog=64, reuse_port=True))
        listeners[-1].setblocking(False)
except OSError as error:
    sys.exit("%s port %d: %s" % (*address, error.strerror))
connect()
if mode == "exits-once" and ends_early():
    sys.exit("ends as soon as it is ready")
while listeners or clients:
    now = time.monotonic()
    for client in [one for one, due in answers.items() if due <= now]:
        with suppress(OSError):
            client.sendall(reply.encode())
        leave(client)
    if not link and now >= connect_at:
        connect()
    waiting = [link] if link else []
    waiting += listeners if now >= accept_at else []
    waiting += [one for one in clients if one not in answers]
    wake_at = min([now + 0.05 if not link or now < accept_at else now + 60, *answers.values()])
    for one in select.select(waiting, [], [], max(0, wake_at - now))[0]:
        if one is link:
            hear()
        elif one in clients:
            try:
                clients[one](one)
            except OSError:
                leave(one)
        elif not accept_all(one):
            listeners.remove(one)
            one.close()
    if draining and listeners and time.monotonic() >= accept_at:
        for listener in listeners:
            accept_all(listener)
        if time.monotonic() >= accept_at:  # Else it could not accept all: it is out of descriptors.
            for listener in listeners:
                listener.close()
            listeners = []
    if told and link and not listeners:
        told = False
        with suppress(OSError):
            link.sendall(b"DRAINING=1\n")
if mode == "slow-drain":
    time.sleep(2)
if link:
    with suppress(OSError):
        link.sendall(b"DONE=1\n")
