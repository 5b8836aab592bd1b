/**
 * Moves new connections from one generation to the next, without root and without the workers' help.
 *
 * <p>What holds for the whole package:
 *
 * <ul>
 *   <li>A group's program never names an index that a step is about to move: it is right before and after every step, and
 *       a step that moves one waits for the packets that the program before may still lead.
 *   <li>A TCP listener that is steered away from is closed only when its handshakes and its accept queue are empty and it
 *       is sealed, so that a SYN that still reached it would be sent again, to another member, and not be reset.
 *   <li>Where members stand in their group is asked of the kernel, and kept from there on; it is never guessed.
 *   <li>All state of all services' groups belongs to one thread, and each of its turns is told what time it is.
 * </ul>
 *
 * <p>Who calls whom, from the outside in:
 *
 * <table>
 *   <caption>The files</caption>
 *   <tr><td>{@link Steering}</td><td>the door: brings an effect to the thread, and there to its service</td></tr>
 *   <tr><td>{@link SteeringThread}</td><td>the thread, as {@link Turns}</td></tr>
 *   <tr><td>{@link ServiceSteering}</td><td>one service's handovers: hold, flip, quiesce, release, fall back</td></tr>
 *   <tr><td>{@link WarmUp}</td><td>opens doors to a generation ahead of its flip, and tells what came of its requests</td></tr>
 *   <tr><td>{@link WarmUpRequests}</td><td>the requests of one warm-up, on threads of their own</td></tr>
 *   <tr><td>{@link HealthCheck}, {@link HealthQuestions}</td>
 *       <td>opens doors to single workers, and asks them for their health; on threads of their own</td></tr>
 *   <tr><td>{@link DoorTargets}, {@link DoorRequest}</td>
 *       <td>whom doors lead to; and one connection through a door</td></tr>
 *   <tr><td>{@link Standings}</td><td>which generation serves, and how each was steered to</td></tr>
 *   <tr><td>{@link Sharing}</td><td>leads some clients to a canary, beside the generation that serves</td></tr>
 *   <tr><td>{@link ArrivalCount}, {@link Tally}</td><td>what comes to it, and beside it; on a thread of its own</td></tr>
 *   <tr><td>{@link OnHold}</td><td>has new connections wait, whoever serves</td></tr>
 *   <tr><td>{@link Aside}</td><td>leads new connections past workers that are unhealthy</td></tr>
 *   <tr><td>{@link Again}</td><td>looks until a look is the last</td></tr>
 *   <tr><td>{@link Quiesce}</td><td>waits until a generation's {@link Departures} are empty</td></tr>
 *   <tr><td>{@link Departures}, {@link Departure}</td>
 *       <td>the way out of a generation, or of a dead worker: in all its groups, and in one; counts for the ledger</td></tr>
 *   <tr><td>{@link Acceptance}</td><td>whether somebody accepts from what serves, seen at a release</td></tr>
 *   <tr><td>{@link Substitution}</td><td>who serves in the place of a worker that has died</td></tr>
 *   <tr><td>{@link Orphans}, {@link Orphan}</td>
 *       <td>what dead workers left behind, passed to those who adopt; and one such listener's end</td></tr>
 *   <tr><td>{@link Descendants}</td><td>children of workers that listen themselves: seen to end, and replaced</td></tr>
 *   <tr><td>{@link Attendance}</td><td>listeners that a young generation's workers close again: seen, and left</td></tr>
 *   <tr><td>{@link Overruled}</td><td>names groups in which another program than the supervisor's was found</td></tr>
 *   <tr><td>{@link Strangers}</td><td>names sockets in a group that are no worker's</td></tr>
 *   <tr><td>{@link Groups}, {@link Roster}</td>
 *       <td>the groups of all services, by address; and one service's listeners in them, found and held</td></tr>
 *   <tr><td>{@link Obstacles}, {@link Fitness}</td>
 *       <td>say what keeps a generation from being steered to; and why a worker's listener does not fit</td></tr>
 *   <tr><td>{@link Overview}</td><td>who stands where, for {@code status}</td></tr>
 *   <tr><td>{@link Kernel}, {@link LinuxKernel}</td>
 *       <td>what all of them ask the kernel for; and the one that runs</td></tr>
 *   <tr><td>{@link SteeredGroup}, {@link Member}</td>
 *       <td>one address' group: its held listeners, and who leaves it; and one of those listeners</td></tr>
 *   <tr><td>{@link GroupProgram}</td><td>sets a group's program, and keeps others from it</td></tr>
 *   <tr><td>{@link ProgramCheck}</td><td>whether the program in force is the one that was set</td></tr>
 *   <tr><td>{@link Leads}</td><td>whom the program leads what can be told from other clients' packets</td></tr>
 *   <tr><td>{@link Places}, {@link Order}</td>
 *       <td>who stands at which index: followed and asked for; and the kernel's rule</td></tr>
 *   <tr><td>{@link ReleasePlan}, {@link Step}</td><td>in which steps members leave</td></tr>
 * </table>
 */
@NullMarked
package dev.handover.supervisor.steering;

import org.jspecify.annotations.NullMarked;
