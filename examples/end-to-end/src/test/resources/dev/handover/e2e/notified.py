"""Runs its arguments under a seccomp filter with a notifier, which lets all calls go on and is never asked."""
import ctypes
import os
import platform
import struct
import sys

SECCOMP = {"x86_64": 317, "aarch64": 277, "riscv64": 277}[platform.machine()]
PR_SET_NO_NEW_PRIVS, SET_MODE_FILTER, NEW_LISTENER = 38, 1, 8
RETURN, ALLOW = 0x06, 0x7FFF0000


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


libc = ctypes.CDLL(None, use_errno=True)
instructions = ctypes.create_string_buffer(struct.pack("HBBI", RETURN, 0, 0, ALLOW))
program = Program(1, ctypes.addressof(instructions))
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
    raise OSError(ctypes.get_errno(), "prctl")
listener = libc.syscall(SECCOMP, SET_MODE_FILTER, NEW_LISTENER, ctypes.byref(program))
if listener < 0:
    raise OSError(ctypes.get_errno(), "seccomp")
os.set_inheritable(listener, True)
os.execv(sys.argv[1], sys.argv[1:])
