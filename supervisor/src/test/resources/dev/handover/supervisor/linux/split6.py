"""Two members of a group on [::], and clients of many addresses, in a network namespace that is nobody else's: tcp|udp DUAL

Prints "ready", reads a line of clients' addresses, and then of each line a program, as CODE,JT,JF,K of each instruction: sets it,
has each client come, and prints which member got it.
"""
import ctypes
import socket
import struct
import subprocess
import sys
import time

kind = socket.SOCK_STREAM if sys.argv[1] == "tcp" else socket.SOCK_DGRAM
PORT, SO_ATTACH_REUSEPORT_CBPF, IPV6_FREEBIND, IP_FREEBIND = 4711, 51, 78, 15
for command in ("ip link set lo up", "ip -6 route add local 2001:db8::/32 dev lo"):
    subprocess.run(command.split(), check=True)
members = []
for _ in range(2):
    member = socket.socket(socket.AF_INET6, kind)
    member.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    member.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, sys.argv[2] != "true")
    member.bind(("::", PORT))
    if kind == socket.SOCK_STREAM:
        member.listen(64)
    member.setblocking(False)
    members.append(member)
print("ready", flush=True)


def steer(text):
    raw = b"".join(struct.pack("HBBI", *map(int, one.split(","))) for one in text.split())
    room = ctypes.create_string_buffer(raw, len(raw))
    program = struct.pack("HxxxxxxP", len(raw) // 8, ctypes.addressof(room))
    members[0].setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, program)


def taker():
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for index, member in enumerate(members):
            try:
                if kind == socket.SOCK_STREAM:
                    member.accept()[0].close()
                else:
                    member.recv(8)
                return index
            except BlockingIOError:
                pass
    return -1


def goes_to(source):
    ipv6 = ":" in source
    with socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, kind) as client:
        if ipv6:
            client.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
        if kind == socket.SOCK_STREAM:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.bind((source, 0))
        client.connect(("2001:db8::1" if ipv6 else "127.0.0.1", PORT))
        if kind == socket.SOCK_DGRAM:
            client.send(b"x")
        return taker()


sources = sys.stdin.readline().split()
for line in sys.stdin:
    steer(line)
    print(*map(goes_to, sources), flush=True)
