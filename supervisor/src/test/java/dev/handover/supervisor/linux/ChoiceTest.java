package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the running kernel does with a group's program, for each kind of group. */
@Timeout(300)
class ChoiceTest {
    @ParameterizedTest
    @EnumSource
    void withoutAProgramEveryMemberGetsSome(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            assertThat(group.served(200)).allMatch(count -> count > 20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void programSetThroughAnyMemberSteersTheWholeGroup(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            group.held(0).steer(Choice.among(2));
            assertThat(group.served(50)).containsExactly(0, 0, 50, 0);
            group.held(3).steer(Choice.among(1));
            assertThat(group.served(50)).containsExactly(0, 50, 0, 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void spreadReachesItsMembersAndNoOther(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 5)) {
            group.held(0).steer(Choice.among(2, 3, 4));
            List<Integer> served = group.served(300);
            assertThat(served.subList(0, 2)).containsExactly(0, 0);
            assertThat(served.subList(2, 5)).allMatch(count -> count > 50);
        }
    }

    @ParameterizedTest
    @EnumSource
    void newcomerInheritsTheProgramAndSoGetsNothing(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 2)) {
            group.held(0).steer(Choice.among(0, 1));
            group.join();
            List<Integer> served = group.served(100);
            assertThat(served.get(2)).isZero();
            assertThat(served.subList(0, 2)).allMatch(count -> count > 20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void indexThatTheGroupDoesNotHaveFallsBackToTheHashOverAllMembers(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            group.held(0).steer(Choice.among(9));
            assertThat(group.served(200)).allMatch(count -> count > 20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void programOutlivesTheMemberItWasSetThroughWhosePlaceTheLastOneTakes(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            group.held(0).steer(Choice.among(0));
            HeldListener last = group.held(3);
            group.leave(0);
            assertThat(group.held(0)).isSameAs(last);
            assertThat(group.served(50)).containsExactly(50, 0, 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void steeringEndsWithoutATraceAndMayBeEndedTwice(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 3)) {
            group.held(0).steer(Choice.among(1));
            group.held(2).stopSteering();
            group.held(1).stopSteering();
            assertThat(group.served(200)).allMatch(count -> count > 20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void indicesAreThoseOfAppendingJoinersAndOfTheLastTakingALeaversPlace(Kind kind) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        try (TestGroup group = new TestGroup(kind, 1)) {
            for (int step = 0; step < 60; step++) {
                if (group.size() < 2 || (random.nextBoolean() && group.size() < 9)) {
                    group.join();
                } else {
                    group.leave(random.nextInt(group.size()));
                }
                int index = random.nextInt(group.size());
                group.held(random.nextInt(group.size())).steer(Choice.among(index));
                List<Integer> expected = new ArrayList<>(Collections.nCopies(group.size(), 0));
                expected.set(index, 1);
                assertThat(group.served(1))
                        .as("step %d of -Dseed=%d, %s", step, seed, kind)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void kernelListsIpv4MembersNewestFirstAndIpv6OnesOldestFirst(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            List<Long> listed = group.sockets().listeners(kind.transport, group.port()).stream()
                    .map(SocketRow::inode)
                    .toList();
            List<Long> joined = new ArrayList<>();
            for (int i = 0; i < group.size(); i++) {
                joined.add(group.held(i).socket().inode());
            }
            if (!kind.isIpv6()) {
                Collections.reverse(joined);
            }
            assertThat(listed).isEqualTo(joined);
        }
    }
}
