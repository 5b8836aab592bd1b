"""A worker that knows nothing of Handover: NAME OPTIONS ADDRESS...

Answers each TCP client's first byte with its name, each datagram with its name; at SIGTERM it closes its listeners at once,
as many servers do; at SIGUSR2 it closes them and runs on, or opens them again. OPTIONS, by comma: 'defer' sets
TCP_DEFER_ACCEPT, 'dual' opens AF_INET6 sockets for IPv4 addresses as Java does by default, 'idle' never accepts, 'alone' leaves SO_REUSEPORT out, 'adopt=PATH' takes listeners of dead workers there,
'shutdown' ends its listeners by shutdown(2) before it closes them, 'device' binds them to the
loopback device, 'backlog=N' lets N + 1 connections wait in each, 'nobody' makes the first one nobody's, 'program=INDEX' leads all of the first one's group there at SIGUSR1,
'mute' closes each connection without a word, 'shut' the same without a look, 'hang' keeps each and never answers,
'late=N' answers the first N together, a third of a second after the last of them has asked,
'http=STATUS' answers a request with that, its name, and how many requests of a warm-up it has had.
"""
import ctypes
import os
import select
import signal
import socket
import struct
import sys
import time
import urllib.parse

name, options = sys.argv[1], sys.argv[2].split(",")
status, warmed = next((option[5:] for option in options if option.startswith("http=")), None), 0
late = next((int(option[5:]) for option in options if option.startswith("late=")), 0)
backlog = next((int(option[8:]) for option in options if option.startswith("backlog=")), 512)


def listener(text):
    url = urllib.parse.urlsplit(text)
    host, family = url.hostname, socket.AF_INET6 if ":" in url.hostname else socket.AF_INET
    if "dual" in options and family == socket.AF_INET:
        host, family = "::ffff:" + host, socket.AF_INET6
    if "nobody" in options and text == sys.argv[3]:
        os.seteuid(65534)
    sock = socket.socket(family, socket.SOCK_STREAM if url.scheme == "tcp" else socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, url.query != "dual-stack" and "dual" not in options)
    if "alone" not in options:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if "device" in options:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    sock.bind((host, url.port))
    if url.scheme == "tcp":
        if "defer" in options:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)
        sock.listen(backlog)
    sock.setblocking(False)
    os.seteuid(os.getuid())
    return sock


def serve(sock):
    if sock.type == socket.SOCK_DGRAM:
        data, peer = sock.recvfrom(64)
        sock.sendto(name.encode() + b" " + data, peer)
        return
    try:
        client, _ = sock.accept()
    except BlockingIOError:
        return
    except OSError:  # An adopted one, and the supervisor has ended it.
        listeners.remove(sock)
        sock.close()
        return
    if "hang" in options:
        kept.append(client)
        return
    if len(kept) < late:
        client.recv(1)
        kept.append(client)
        if len(kept) == late:
            time.sleep(0.33)
            for waiting in kept:
                waiting.sendall(name.encode())
        return
    with client:
        client.settimeout(60)
        if "shut" in options:
            return
        if "mute" in options:
            client.recv(1)
            return
        if status:
            answer(client)
        elif client.recv(1):
            client.sendall(name.encode())


def answer(client):
    global warmed
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        part = client.recv(4096)
        if not part:
            return
        request += part
    warmed += b"handover-warm-up" in request
    client.sendall(f"HTTP/1.1 {status} As Told\r\nConnection: close\r\n\r\n{name} {warmed}".encode())


try:
    listeners = [listener(text) for text in sys.argv[3:]]
except PermissionError:
    print("denied", flush=True)
    sys.exit()


def lead(index):
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, index))  # ret INDEX
    program = struct.pack("HxxxxxxP", 1, ctypes.addressof(code))
    listeners[0].setsockopt(socket.SOL_SOCKET, 51, program)  # SO_ATTACH_REUSEPORT_CBPF


for option in options:
    if option.startswith("program="):
        signal.signal(signal.SIGUSR1, lambda *_: lead(int(option[8:])))


def toggle():
    if listeners:
        while listeners:
            listeners.pop().close()
    else:
        listeners.extend(listener(text) for text in sys.argv[3:])


ended, toggles, kept = [], [], []
signal.signal(signal.SIGUSR2, lambda *_: toggles.append(True))
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
wake, waker = socket.socketpair()
waker.setblocking(False)
signal.set_wakeup_fd(waker.fileno())
links = []
for path in (option[6:] for option in options if option.startswith("adopt=")):
    links.append(socket.socket(socket.AF_UNIX))
    links[0].connect(path)
print("listening", flush=True)
while not ended:
    # The test's end is this program's too: its standard input ends then.
    ready = select.select(([] if "idle" in options else listeners) + links + [wake, sys.stdin], [], [])[0]
    if sys.stdin in ready:
        break
    for sock in ready:
        if sock in links:
            _, descriptors, _, _ = socket.recv_fds(sock, 64, 8)
            adopted = [socket.socket(fileno=descriptor) for descriptor in descriptors]
            for one in adopted:
                one.setblocking(False)
            listeners += adopted
        elif sock is wake:
            sock.recv(64)
        else:
            try:
                serve(sock)
            except OSError:
                pass
    if toggles:
        toggles.clear()
        toggle()
if "shutdown" in options:
    for sock in listeners:
        sock.shutdown(socket.SHUT_RDWR)
