#!/usr/bin/env python3
"""A banner server that speaks the worker protocol (docs/protocol.md) with the standard library alone."""
import errno
import os
import select
import socket
import sys
import time
from contextlib import suppress
from urllib.parse import urlsplit


def open_listener(address):
    url = urlsplit(address)
    return socket.create_server(
        (url.hostname, url.port), family=socket.AF_INET6 if ":" in url.hostname else socket.AF_INET,
        backlog=4096, reuse_port=True, dualstack_ipv6=url.query == "dual-stack")


def serve_until_empty(listener):  # Says whether more may come.
    listener.setblocking(False)
    try:
        while True:
            with listener.accept()[0] as client, suppress(OSError):  # It may leave before its greeting.
                client.sendall(b"Hello from Python process %d\n" % os.getpid())
    except OSError as error:  # Adopted, and the supervisor has ended it; or, mostly, there is nobody in the queue.
        return error.errno != errno.EINVAL


def hear(link):  # Takes one message, and says whether it is the order to drain.
    first, descriptors, _, _ = socket.recv_fds(link, 1, 1)
    line = first + link.makefile("rb", buffering=0).readline(4095)
    listeners.extend(socket.socket(fileno=one) for one in descriptors)  # ADOPT: a dead worker's, ours to serve.
    key = line.partition(b"=")[0]
    if not line.endswith(b"\n") or key == line:  # The supervisor went away, or nobody can tell what comes next.
        raise ConnectionError(link.sendall(b"ERROR=a line is KEY=VALUE, 4096 bytes at most\n"))
    if key not in (b"HELLO", b"DRAIN", b"ADOPT", b"ERROR"):
        link.sendall(b"ERROR=%s: unknown key\n" % key)
    return key == b"DRAIN"


listeners = [open_listener(address) for address in os.environ.get("HANDOVER_LISTEN", "").split() or sys.argv[1:]]
path, link, pause, retry_at, draining = os.environ.get("HANDOVER_SOCKET"), None, 0, 0, False
while not draining:
    try:
        if path and not link and time.monotonic() >= retry_at:
            link = socket.socket(socket.AF_UNIX)
            link.connect(path)
            link.sendall(b"HELLO=1\nADOPTS=1\nREADY=1\n")
        wait = max(0, retry_at - time.monotonic()) if path and not link else None
        if link in select.select(listeners + [link] if link else listeners, [], [], wait)[0]:
            draining, pause = hear(link), 0
    except OSError:  # No supervisor is there: serve on, and try again at once, then ever more seldom.
        link, retry_at, pause = None, time.monotonic() + pause, min(5, pause * 2 or 0.1)
    for listener in list(listeners):
        if not serve_until_empty(listener) or draining:
            listeners.remove(listener)
            listener.close()
with suppress(OSError):
    link.sendall(b"DRAINING=1\nDONE=1\n")
