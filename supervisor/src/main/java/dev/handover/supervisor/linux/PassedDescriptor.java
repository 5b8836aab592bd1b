package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** A message with one descriptor (SCM_RIGHTS). */
final class PassedDescriptor {
    private PassedDescriptor() {}

    /** Sends without a wait at least the first of the bytes, and with it the descriptor; returns how many bytes were sent. */
    static int send(Fd socket, ByteBuffer bytes, Fd passed, String subject) throws LinuxException {
        int length = bytes.remaining();
        Pointer content = Memory.allocateDirect(Kernel.RUNTIME, length);
        content.put(0, bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        MessageHeader message = new MessageHeader(content, length, 1);
        message.control(Abi.SCM_RIGHTS, passed.number());
        return message.pass(
                "sendmsg", subject, header -> Kernel.LIBC.sendmsg(socket.number(), header, Abi.MSG_DONTWAIT));
    }
}
