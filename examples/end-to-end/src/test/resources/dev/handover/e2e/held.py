"""An echo worker that can be held up: held.py FOLDER

It waits at a gate, a FIFO in the folder such as ready-g2-w1, until whoever has it open for writing closes it; where there is
none, it goes on at once. Its clients' handshakes end with the first byte that they send.
"""
import os
import select
import socket
import sys
from contextlib import suppress
from urllib.parse import urlsplit


def gate(name):
    path = "%s/%s-g%s-w%s" % (sys.argv[1], name, os.environ["HANDOVER_GENERATION"], os.environ["HANDOVER_WORKER"])
    if os.path.exists(path):
        with open(path) as closed:
            closed.read()


def open_listener(address):
    url = urlsplit(address)
    listener = socket.create_server((url.hostname, url.port), backlog=512, reuse_port=True)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)
    listener.setblocking(False)
    return listener


def accept(listener):
    with suppress(BlockingIOError):
        while True:
            clients.append(listener.accept()[0])


def echo(client):
    line = b""
    with suppress(ConnectionError):
        line = client.recv(4096)
        client.sendall(line)
    if not line:
        clients.remove(client)
        client.close()


def connect():
    link = socket.socket(socket.AF_UNIX)
    try:
        link.connect(os.environ["HANDOVER_SOCKET"])
        link.sendall(b"HELLO=1\nREADY=1\n")
        return link
    except OSError:
        return None


listeners, clients = [open_listener(address) for address in os.environ["HANDOVER_LISTEN"].split()], []
gate("ready")
link = connect()
while listeners or clients:
    links = [link] if link else []
    for one in select.select(listeners + clients + links, [], [], None if link else 0.05)[0]:
        if one in listeners:
            accept(one)
        elif one in clients:
            echo(one)
        else:
            heard = b""
            with suppress(ConnectionError):
                heard = link.recv(4096)
            if not heard:
                link = None
            elif b"DRAIN=" in heard:
                for listener in listeners:
                    accept(listener)
                    listener.shutdown(socket.SHUT_RDWR)  # As servers do that have a thread blocked in accept().
                    listener.close()
                listeners = []
                link.sendall(b"DRAINING=1\n")
                break
    link = link or connect()
if link:
    link.sendall(b"DONE=1\n")
gate("exit")
