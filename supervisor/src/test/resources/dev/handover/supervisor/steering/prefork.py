"""A program whose children each open a listener of their own: prefork.py ADDRESS CHILDREN

Prints 'listening' when all do. A child that ends is replaced; at SIGTERM all end. Each client is sent its child's pid.
"""
import ctypes
import os
import select
import signal
import socket
import sys
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
first, tell = os.pipe()


def child():
    sock = socket.create_server((url.hostname, url.port), backlog=64, reuse_port=True)
    os.write(tell, b".")
    while True:
        client = sock.accept()[0]
        with client:
            client.sendall(b"%d" % os.getpid())
            client.shutdown(socket.SHUT_WR)
            client.recv(64)


def fork():
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it ends with its parent.
        try:
            child()
        finally:
            os._exit(1)
    children.add(pid)


def end(*_):
    for pid in children:
        os.kill(pid, signal.SIGTERM)
    os._exit(0)


children = set()
signal.signal(signal.SIGTERM, end)
for _ in range(int(sys.argv[2])):
    fork()
for _ in range(int(sys.argv[2])):
    os.read(first, 1)
print("listening", flush=True)
while True:
    select.select([], [], [], 0.02)
    gone = os.waitpid(-1, os.WNOHANG)[0]
    if gone:
        children.remove(gone)
        fork()
