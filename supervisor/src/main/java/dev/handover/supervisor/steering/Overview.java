package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.SteeringStatus.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/** Says who stands where in a service's groups, for people. */
final class Overview {
    private final LongPredicate isWorker;
    private final Kernel kernel;
    /** By inode. */
    private final Map<Long, Long> owners;

    private final Rivals rivals;

    private Overview(LongPredicate isWorker, Kernel kernel, Rivals rivals, Map<Long, Long> owners) {
        this.isWorker = isWorker;
        this.kernel = kernel;
        this.rivals = rivals;
        this.owners = owners;
    }

    /** @param isWorker whether a pid is that of a worker, or of a descendant of one */
    static List<SteeringStatus.Group> of(
            Collection<SteeredGroup> groups, LongPredicate isWorker, Kernel kernel, Rivals rivals) {
        List<Long> strange = groups.stream()
                .flatMap(group -> group.strangers().stream())
                .map(SocketRow::inode)
                .toList();
        Overview overview =
                new Overview(isWorker, kernel, rivals, strange.isEmpty() ? Map.of() : kernel.owners(strange));
        return groups.stream().map(overview::group).toList();
    }

    private SteeringStatus.Group group(SteeredGroup group) {
        List<SteeringStatus.Member> members = new ArrayList<>();
        for (long cookie : group.order()) {
            members.add(group.held(cookie).map(one -> held(group, one)).orElseGet(() -> other(group, cookie)));
        }
        return new SteeringStatus.Group(group.address(), members, rivals.of(group), group.drops());
    }

    private static SteeringStatus.Member held(SteeredGroup group, Member member) {
        if (group.isKept(member) || member.isStandIn()) {
            Role role = member.isStandIn() ? Role.STAND_IN : Role.RELEASED;
            return new SteeringStatus.Member(
                    role, Optional.of(member.worker()), OptionalLong.empty(), "", waiting(member));
        }
        boolean left = !group.isLedTo(member) && member.isLeft();
        Role role = group.serves(member)
                ? Role.SERVES
                : group.isLedTo(member) ? Role.CANARY : left ? Role.ORPHAN : Role.WAITS;
        OptionalLong pid = left ? OptionalLong.empty() : OptionalLong.of(member.pid());
        return new SteeringStatus.Member(role, Optional.of(member.worker()), pid, "", waiting(member));
    }

    private static long waiting(Member member) {
        try {
            return member.waiting();
        } catch (LinuxException unknown) {
            return 0;
        }
    }

    private SteeringStatus.Member other(SteeredGroup group, long cookie) {
        Optional<Long> pid = group.strangers().stream()
                .filter(row -> row.cookie() == cookie)
                .findFirst()
                .map(row -> owners.get(row.inode()));
        // A worker that is being started has its listener before it is ready.
        if (pid.isPresent() && isWorker.test(pid.get())) {
            return new SteeringStatus.Member(Role.WAITS, Optional.empty(), OptionalLong.of(pid.get()), "", 0);
        }
        return new SteeringStatus.Member(
                Role.STRANGER,
                Optional.empty(),
                pid.map(OptionalLong::of).orElse(OptionalLong.empty()),
                pid.map(kernel::commandLine).orElse(""),
                0);
    }
}
