#!/usr/bin/env python3
"""Has a supervisor replaced, and says when the next one's state is right. A reload command for chaos, with the standard library alone.

    replaced.py CONTROL-SOCKET COMMAND

COMMAND is given to sh -c, with the supervisor's pid as $SUPERVISOR:

    kill -KILL $SUPERVISOR; setsid supervisord --config FILE >>LOG 2>&1 &     supervisorctl upgrade     systemctl restart handover

The state is right when every service runs, is steered where it was, and has the workers of before, each ready. Exits with 1 where
that is not so within a minute, or the command fails, or the supervisor stays the one that it was.
"""
import json
import os
import socket
import struct
import subprocess
import sys
import time

LONGEST = 60
LOOK_AGAIN = 0.01


class Connection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LONGEST)
        self.socket.connect(path)
        self.pid = struct.unpack("3i", self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]

    def status(self):
        self.socket.sendall(b'{"id":"1","method":"status"}\n')
        answer = json.loads(self.socket.makefile("rb").readline() or b"{}")
        if "result" not in answer:
            raise OSError(f"no status: {answer}")
        return {service["service"]: standing(service) for service in answer["result"]["services"]}

    def await_end(self):
        while self.socket.recv(4096):
            pass


def standing(service):
    workers = [(worker["pid"], worker["state"]) for generation in service["generations"]
               if generation["generation"] == service.get("serving") for worker in generation["workers"] if "pid" in worker]
    return service["state"], service.get("serving"), service.get("steering", {}).get("mode"), sorted(workers)


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def started(pid):  # The 22nd field of its stat; the second one may have spaces in it.
    with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
        return int(file.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")


def await_state(path, wanted):
    until, found = now() + LONGEST, None
    while now() < until:
        try:
            connection = Connection(path)
            found = connection.status()
            if found == wanted:
                return now(), connection.pid
        except (OSError, ValueError) as refused:
            found = refused
        time.sleep(LOOK_AGAIN)
    sys.exit(f"the state is not right within {LONGEST} s; wanted: {wanted}; found: {found}")


path, command = sys.argv[1:]
before = Connection(path)
wanted = before.status()
began = started(before.pid)
process = subprocess.Popen(["sh", "-c", command], env={**os.environ, "SUPERVISOR": str(before.pid)}, stdin=subprocess.DEVNULL)
try:
    before.await_end()
except TimeoutError:
    sys.exit(f"pid {before.pid} is still the supervisor")
gone = now()
right, pid = await_state(path, wanted)
# An upgrade keeps the process: the next one starts where the one before ends.
start = gone if pid == before.pid and started(pid) == began else started(pid)
if process.wait() != 0:
    sys.exit(f"{command}: exited with {process.returncode}")
print(f"right {right - start:.2f} s after its start, {right - gone:.2f} s after the one before was gone; pid {pid}")
