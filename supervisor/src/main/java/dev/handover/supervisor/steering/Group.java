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
final class Group<M> {
    private final List<M> order;

    /** @param order every member, by index */
    Group(List<M> order) {
        if (new HashSet<>(order).size() != order.size()) {
            throw new IllegalArgumentException("a member stands at one index: " + order);
        }
        this.order = new ArrayList<>(order);
    }

    /** The members by index. */
    List<M> order() {
        return List.copyOf(order);
    }

    int size() {
        return order.size();
    }

    M last() {
        return order.get(order.size() - 1);
    }

    boolean contains(M member) {
        return order.contains(member);
    }

    /** @throws IllegalArgumentException if it is no member */
    int indexOf(M member) {
        int index = order.indexOf(member);
        if (index < 0) {
            throw new IllegalArgumentException("no member: " + member);
        }
        return index;
    }

    void join(M member) {
        if (contains(member)) {
            throw new IllegalArgumentException("a member already: " + member);
        }
        order.add(member);
    }

    void leave(M member) {
        int index = indexOf(member);
        M last = order.remove(order.size() - 1);
        if (index < order.size()) {
            order.set(index, last);
        }
    }

    /**
     * The indices of some members, in the members' order: that order decides which member a flow goes to, wherever the
     * members stand.
     */
    List<Integer> indices(List<M> members) {
        return members.stream().map(this::indexOf).toList();
    }

    /** Whether nobody but these can be reached, whatever the program: an index out of range means 'any member'. */
    boolean isOnly(List<M> members) {
        return order.size() == members.size() && Set.copyOf(order).equals(Set.copyOf(members));
    }

    Group<M> copy() {
        return new Group<>(order);
    }

    @Override
    public String toString() {
        return order.toString();
    }
}
