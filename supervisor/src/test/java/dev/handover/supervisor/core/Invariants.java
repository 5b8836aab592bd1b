package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerState;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What must hold after each turn of a supervisor, whatever happened; seen from outside. */
final class Invariants {
    private static final Pattern TRANSITION = Pattern.compile("(?<who>.+): (?<from>[A-Z]+) -> (?<to>[A-Z]+) \\(.*");

    /** Services that have served, and that nobody has asked to stop since. */
    private final Set<ServiceName> kept = new TreeSet<>();

    private final Set<RequestId> unanswered = new HashSet<>();
    private final Map<ServiceName, RequestId> handingOver = new HashMap<>();
    private final Map<ServiceName, Set<RequestId>> handedOver = new HashMap<>();
    private final Map<String, String> states = new HashMap<>();
    /** Until when a generation may run empty in peace, by its name in the log. */
    private final Map<String, Long> quiescing = new HashMap<>();

    /** Until when each service that is on hold may be, and what its newest generation was then. */
    private final Map<ServiceName, OnHold> onHold = new HashMap<>();

    private record OnHold(RequestId request, long until, GenerationId newest) {}

    /** Generations that were started, by their names. */
    private final Set<String> begun = new HashSet<>();

    /** Workers that are started no more, as the log says. */
    private final Set<String> givenUp = new HashSet<>();

    /** Whom new connections were last meant to go to, by service; and whom before, if they can't. */
    private final Map<ServiceName, Aim> aims = new HashMap<>();

    private record Aim(GenerationId generation, GenerationId before) {}

    private final Set<String> moves = new HashSet<>();
    private Memory memory;

    Invariants(Memory memory) {
        this.memory = memory;
    }

    Memory memory() {
        return memory;
    }

    /** From which state to which generations went, such as {@code READY -> SERVING}, and what else was seen. */
    Set<String> moves() {
        return moves;
    }

    boolean hasUnanswered() {
        return !unanswered.isEmpty();
    }

    void asked(RequestId id) {
        unanswered.add(id);
    }

    void stopAskedOf(ServiceName service) {
        kept.remove(service);
        quiescing.keySet().removeIf(generation -> generation.startsWith(service + " "));
    }

    /** The supervisor died: what it owed to callers is lost, and only services with running workers are still kept. */
    void crashed(Set<ServiceName> adopted) {
        unanswered.clear();
        handingOver.clear();
        handedOver.clear();
        states.clear();
        quiescing.clear();
        aims.clear();
        onHold.clear();
        kept.retainAll(adopted);
    }

    /** Something is about to be told to the supervisor. */
    void happens(Event event) {
        if (event instanceof Event.Quiesced quiesced) {
            quiescing.remove(name(quiesced.service(), quiesced.generation()));
        } else if (event instanceof Event.PutOnHold) {
            moves.add("put on hold");
        } else if (event instanceof Event.NotPutOnHold not) {
            onHold.values().removeIf(hold -> hold.request().equals(not.request()));
        } else if (event instanceof Event.Unfit unfit) {
            aims.computeIfPresent(
                    unfit.service(),
                    (service, aim) ->
                            aim.generation().equals(unfit.generation()) ? new Aim(aim.before(), aim.before()) : aim);
        }
    }

    private void aimed(ServiceName service, GenerationId generation) {
        aims.merge(
                service,
                new Aim(generation, generation),
                (last, next) -> last.generation().equals(generation) ? last : new Aim(generation, last.generation()));
    }

    /** Of a generation that begins to leave. */
    private void leavesToOthers(String who, Effect line) {
        int named = who.indexOf(" generation ");
        ServiceName service = new ServiceName(who.substring(0, named));
        Aim aim = aims.get(service);
        require(
                !kept.contains(service)
                        || aim == null
                        || !who.substring(named + " generation ".length())
                                .equals(aim.generation().toString()),
                "no generation drains that new connections go to",
                line);
    }

    private static String name(ServiceName service, GenerationId generation) {
        return service + " generation " + generation;
    }

    /** One effect, in the order of performance. */
    void performed(Effect effect, boolean first, long now) {
        if (effect instanceof Effect.Save save) {
            require(first, "memory is saved before anything is done", effect);
            memory = save.memory();
        } else if (effect instanceof Effect.Answer answer) {
            require(unanswered.remove(answer.request()), "each request gets one last answer", answer);
        } else if (effect instanceof Effect.AnswerSignalled answer) {
            require(unanswered.remove(answer.request()), "each request gets one last answer", answer);
            require(
                    answer.workers().keySet().stream()
                            .allMatch(worker -> worker.generation().equals(answer.generation())),
                    "a signal reaches the workers of one generation",
                    answer);
        } else if (effect instanceof Effect.HoldOff hold) {
            // Its time begins when new connections wait.
            long until = now + Request.Hold.LONGEST.multipliedBy(2).toNanos();
            GenerationId newest = memory.newest().get(hold.service());
            require(onHold.put(hold.service(), new OnHold(hold.request(), until, newest)) == null, "one hold", hold);
        } else if (effect instanceof Effect.Accept accept && accept.text().contains(" is on hold, for ")) {
            if (accept.text().startsWith("reload")) {
                moves.add("a reload waits for a hold");
            }
        } else if (effect instanceof Effect.LetIn letIn) {
            onHold.remove(letIn.service());
        } else if (effect instanceof Effect.StartWorker start) {
            OnHold hold = onHold.get(start.worker().service());
            limited(start);
            require(
                    hold == null || start.worker().generation().compareTo(hold.newest()) <= 0,
                    "no new generation starts while its service is on hold",
                    start);
        } else if (effect instanceof Effect.Tell tell) {
            told(tell.request(), tell.progress());
        } else if (effect instanceof Effect.Quiesce quiesce) {
            long end = now + quiesce.limit().plus(Handover.STEERING_LIMIT).toNanos();
            quiescing.put(name(quiesce.service(), quiesce.generation()), end);
        } else if (effect instanceof Effect.Steer steer) {
            aimed(steer.service(), steer.generation());
        } else if (effect instanceof Effect.GiveUp giveUp) {
            aimed(giveUp.service(), giveUp.generation());
        } else if (effect instanceof Effect.SteerBack back) {
            String generation = name(back.service(), back.generation());
            require(
                    Set.of("STANDBY", "SERVING").contains(states.get(generation)),
                    "only who stands by, or serves beside a canary, is steered back to",
                    back);
            aimed(back.service(), back.generation());
        } else if (effect instanceof Effect.Release release) {
            String generation = name(release.service(), release.generation());
            require("STOPPED".equals(states.get(generation)), "nothing is released whose workers may accept", release);
        } else if (effect instanceof Effect.Log line) {
            givesUp(line.text());
            Matcher transition = TRANSITION.matcher(line.text());
            if (transition.matches()) {
                moved(transition.group("who"), transition.group("from"), transition.group("to"));
                leaves(line.text(), transition.group("who"));
                if (transition.group("to").equals("DRAINING")
                        && transition.group("who").contains(" generation ")) {
                    leavesToOthers(transition.group("who"), line);
                }
                require(
                        !transition.group("from").equals("QUIESCING")
                                || !transition.group("to").equals("DRAINING")
                                || isOfAShutdown(line.text())
                                || now >= quiescing.getOrDefault(transition.group("who"), now),
                        "no old generation is told to drain while it runs empty and time remains",
                        line);
            }
        }
    }

    /** A worker is, after so many restarts, and a service with its last worker. */
    private void givesUp(String text) {
        int worker = text.indexOf(" is given up after ");
        if (worker >= 0) {
            givenUp.add(text.substring(0, worker));
        }
        int service = text.indexOf(" is given up, and stays down: ");
        if (service >= 0) {
            kept.remove(new ServiceName(text.substring(0, service)));
        }
    }

    /** One that is to go, and has served on until another service has its addresses, or until its turn at a shutdown. */
    private void leaves(String text, String who) {
        if (who.contains(" generation ")
                && (text.contains("(its addresses are taken over by ")
                        || text.endsWith("(no longer in the configuration)")
                        || isOfAShutdown(text))) {
            kept.remove(new ServiceName(who.substring(0, who.indexOf(" generation "))));
        }
    }

    private static boolean isOfAShutdown(String text) {
        return text.endsWith("(" + StopOrder.REASON + ")") || text.endsWith("(stop now)");
    }

    /** As a new generation starts beside one that serves. */
    private void limited(Effect.StartWorker start) {
        ServiceName service = start.worker().service();
        if (!begun.add(name(service, start.worker().generation()))) {
            return;
        }
        List<Remembered> alive = memory.generations().stream()
                .filter(one -> one.spec().name().equals(service))
                .filter(one -> one.state() != GenerationState.STOPPING)
                .toList();
        boolean serves = alive.stream().anyMatch(one -> one.state() == GenerationState.SERVING);
        int most = alive.stream()
                .filter(one -> one.id().equals(start.worker().generation()))
                .mapToInt(one -> one.spec().maxGenerations())
                .findFirst()
                .orElse(Integer.MAX_VALUE);
        require(!serves || alive.size() <= most, "no more generations than max-generations", start, alive);
        moves.add(alive.size() > 2 && serves ? "three generations" : "a generation");
    }

    private void told(RequestId request, Progress progress) {
        if (EnumSet.of(Phase.DRAIN, Phase.STOP, Phase.RELEASE, Phase.AFTER_FLIP).contains(progress.phase())
                && !request.equals(handingOver.get(progress.service()))) {
            return; // of one that a newer one has begun beside, or is about to
        }
        ServiceName service = progress.service();
        RequestId last = handingOver.put(service, request);
        Set<RequestId> earlier = handedOver.computeIfAbsent(service, none -> new HashSet<>());
        if (last != null && !last.equals(request)) {
            earlier.add(last);
        }
        require(!earlier.contains(request), "reloads of a service never interleave", progress);
    }

    private void moved(String who, String from, String to) {
        boolean generation = who.contains(" generation ");
        String was = states.getOrDefault(who, generation ? "STARTING" : "WAITING");
        boolean drawn = generation
                ? GenerationState.valueOf(from).next().contains(GenerationState.valueOf(to))
                : WorkerState.valueOf(from).next().contains(WorkerState.valueOf(to));
        if (generation) {
            moves.add(from + " -> " + to);
        }
        require(from.equals(was) && drawn, "states follow one another as drawn", who, was, from, to);
        states.put(who, to);
    }

    /** What holds between turns. */
    void check(List<ServiceStatus> services, long nextDeadline) {
        for (ServiceStatus service : services) {
            long serving = count(service, GenerationState.SERVING);
            require(serving <= 1, "one generation serves", service);
            require(
                    count(service, GenerationState.STANDBY) <= serving,
                    "one generation stands by at most, and only beside one that serves",
                    service);
            require(
                    count(service, GenerationState.CANARY) <= serving,
                    "one canary at most, and only beside one that serves",
                    service);
            require(
                    count(service, GenerationState.STARTING) <= (serving == 1 ? 1 : 2),
                    "one candidate starts, besides a first generation that never served",
                    service);
            require(
                    service.generations().stream()
                            .filter(one -> one.state() == GenerationState.SERVING)
                            .flatMap(one -> one.workers().stream())
                            .filter(worker -> !isGivenUp(worker))
                            .noneMatch(worker ->
                                    worker.state() == WorkerState.EXITED || worker.state() == WorkerState.DRAINING),
                    "the workers of the serving generation are kept alive",
                    service);
        }
        Set<ServiceName> serving = services.stream()
                .filter(service -> service.serving().isPresent())
                .map(ServiceStatus::service)
                .collect(Collectors.toSet());
        require(serving.containsAll(kept), "what has served serves on", kept, services);
        kept.addAll(serving);
        require(
                nextDeadline < Long.MAX_VALUE
                        || (!hasUnanswered() && services.stream().noneMatch(this::isUnsteady)),
                "whatever is waited for has a deadline",
                services);
        require(isTrue(memory, services), "what is saved is what is", memory, services);
        require(
                onHold.values().stream().allMatch(hold -> nextDeadline <= hold.until()),
                "no hold goes on beyond its time",
                services);
    }

    // Not AssertJ: it would take most of the time of a simulation that checks all this after each of its steps.
    private static void require(boolean holds, String what, Object... seen) {
        if (!holds) {
            throw new AssertionError(what + "; but: " + Arrays.toString(seen));
        }
    }

    private static long count(ServiceStatus service, GenerationState state) {
        return service.generations().stream()
                .filter(one -> one.state() == state)
                .count();
    }

    private boolean isGivenUp(WorkerStatus worker) {
        return worker.state() == WorkerState.EXITED
                && givenUp.contains(worker.id().toString());
    }

    private boolean isUnsteady(ServiceStatus service) {
        return service.generations().stream()
                .anyMatch(one -> one.state() != GenerationState.SERVING
                        || one.workers().stream()
                                .anyMatch(worker -> worker.state() != WorkerState.READY && !isGivenUp(worker)));
    }

    private static boolean isTrue(Memory memory, List<ServiceStatus> services) {
        Iterator<Remembered> remembered = memory.generations().iterator();
        for (ServiceStatus service : services) {
            for (GenerationStatus shown : service.generations()) {
                if (!remembered.hasNext() || !isTrue(remembered.next(), shown)) {
                    return false;
                }
            }
        }
        return !remembered.hasNext();
    }

    /** What a state is saved as. */
    static GenerationState remembered(GenerationState state) {
        return switch (state) {
            case READY -> GenerationState.STARTING;
            default -> state;
        };
    }

    private static boolean isTrue(Remembered remembered, GenerationStatus shown) {
        GenerationState state = remembered(shown.state());
        return remembered.id().equals(shown.id())
                && remembered.state() == state
                && shown.workers().stream().allMatch(worker -> {
                    ProcessId process = remembered.processes().get(worker.id().index());
                    return worker.id().service().equals(remembered.spec().name())
                            && worker.pid().orElse(0) == (process == null ? 0 : process.pid());
                });
    }
}
