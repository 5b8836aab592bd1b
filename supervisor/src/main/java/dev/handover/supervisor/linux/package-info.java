/**
 * All that Handover asks of Linux itself: Unix sockets with the peer's credentials, processes held by pidfd, and sockets
 * as the kernel lists them.
 *
 * <p>What holds for the whole package:
 *
 * <ul>
 *   <li>jnr is used here and nowhere else. Every C signature stands in {@code LibC}, the numbers that several files need
 *       in {@code Abi}, and the layout of a structure in the one file that reads or writes it: those of 64-bit Linux on
 *       x86-64, AArch64 and RISC-V.
 *   <li>A descriptor is held by one {@code Fd}, which closes it once. It is close-on-exec from its first moment, for
 *       a worker that inherited it would keep the socket or process alive after the supervisor has let go of it.
 *   <li>What the kernel refuses is thrown as {@link dev.handover.supervisor.linux.LinuxException}: call, errno, subject.
 *       What is an ordinary answer ("no such process") is a value.
 *   <li>Callers' code runs on this package's threads where it says so; what such code throws goes to the thread's
 *       uncaught exception handler and does not end the thread's loop.
 * </ul>
 */
@NullMarked
package dev.handover.supervisor.linux;

import org.jspecify.annotations.NullMarked;
