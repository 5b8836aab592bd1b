package dev.handover.supervisor.steering;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which member of one reuseport group stands at which index. The kernel's rule (net/core/sock_reuseport.c): TCP joins at
 * listen(), UDP at bind(), at the end; the place of a member that leaves is taken by the last member.
 *
 * @param <M> what tells members apart
 */
final class Order<M> {
    private final List<M> members;

    /** @param members every member, by index */
    Order(List<M> members) {
        if (new HashSet<>(members).size() != members.size()) {
            throw new IllegalArgumentException("a member stands at one index: " + members);
        }
        this.members = new ArrayList<>(members);
    }

    /** The members by index. */
    List<M> members() {
        return List.copyOf(members);
    }

    int size() {
        return members.size();
    }

    M last() {
        return members.get(members.size() - 1);
    }

    boolean contains(M member) {
        return members.contains(member);
    }

    /** @throws IllegalArgumentException if it is no member */
    int indexOf(M member) {
        int index = members.indexOf(member);
        if (index < 0) {
            throw new IllegalArgumentException("no member: " + member);
        }
        return index;
    }

    void leave(M member) {
        int index = indexOf(member);
        M last = members.remove(members.size() - 1);
        if (index < members.size()) {
            members.set(index, last);
        }
    }

    /**
     * The indices of some members, in the order that they are given in: that order decides which member a flow goes to, wherever the
     * members stand.
     */
    List<Integer> indices(List<M> some) {
        return some.stream().map(this::indexOf).toList();
    }

    /** Whether nobody but these can be reached, whatever the program: an index out of range means 'any member'. */
    boolean isOnly(List<M> these) {
        return members.size() == these.size() && Set.copyOf(members).equals(Set.copyOf(these));
    }

    Order<M> copy() {
        return new Order<>(members);
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
