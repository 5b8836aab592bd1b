"""A light load: HOST PORT LEAST. One short connection after the other: send a byte, read the worker's name to the end.

Prints "started" after the first; after LEAST and when its standard input has ended, how many each worker served and how
many SYNs were sent again, a line each with the number first.
"""
import collections
import select
import socket
import struct
import sys

TOTAL_RETRANS = 100  # tcpi_total_retrans of struct tcp_info, linux/tcp.h
server = (sys.argv[1], int(sys.argv[2]))
served = collections.Counter()


def one():
    try:
        with socket.create_connection(server, 60) as client:
            # Nothing but the SYN has gone out yet that can have been sent again.
            info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TOTAL_RETRANS + 4)
            served["SYN sent again"] += struct.unpack_from("I", info, TOTAL_RETRANS)[0]
            client.sendall(b"x")
            name = b""
            while part := client.recv(64):
                name += part
            return name.decode()
    except OSError as error:
        return f"lost: {error}"


served[one()] += 1
print("started", flush=True)
for _ in range(int(sys.argv[3]) - 1):
    served[one()] += 1
while not select.select([sys.stdin], [], [], 0)[0]:
    served[one()] += 1
for name, count in served.items():
    print(count, name)
