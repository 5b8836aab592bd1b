#!/usr/bin/env python3
"""How a rollout goes at a thousand hosts: time, false alarms, and who meets a bad version, by the decisions of playbooks/rollout.yml.

    budget.py [--hosts N] [--runs N] [--seed N]

Nothing is connected to. What a host does is drawn by chance; what is decided of it is what rollout.yml decides: who is in which batch, and
when too many have failed or were left out. HOST and WATCH are times to put in one's own for.
"""
import argparse
import random
from dataclasses import dataclass
from math import ceil
from statistics import median

# Seconds that one host takes in a batch, its reload in it; as many hosts at a time as there are forks.
HOST = 25
# A batch is watched once, however many hosts it has.
WATCH = 10


@dataclass
class Fleet:
    """What chance does to a host."""

    out_of_reach: float = 0.0  # the part of the hosts that can't be reached, or are unwell before
    fails: float = 0.0  # the part where the reload fails, or what it started dies while it is watched


@dataclass
class Plan:
    """What a rollout is told."""

    batches: list
    failed: float = 0  # handover_max_fail_percentage
    left_out: float = 10  # handover_max_left_out_percentage
    forks: int = 25


def cut(hosts, batches):
    """The batches as Ansible cuts them: the last size again and again, a percentage of all, at least one host."""
    left = list(hosts)
    sizes = list(batches)
    while left:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        number = max(1, int(len(hosts) * float(size[:-1]) / 100)) if isinstance(size, str) else size
        yield left[:number]
        left = left[number:]


def stops(failed, batch, percentage):
    """As 'Judge the batch' has it."""
    return failed * 100 > batch * percentage


def rollout(chance, number, plan, fleet):
    """Plays one rollout: whether it was stopped, after how many seconds, how many hosts have the version, on how many it failed."""
    seconds, have, met = 0, 0, 0
    for batch in cut(range(number), plan.batches):
        left_out = sum(chance.random() < fleet.out_of_reach for _ in batch)
        reloaded = len(batch) - left_out
        failed = sum(chance.random() < fleet.fails for _ in range(reloaded))
        seconds += ceil(len(batch) / plan.forks) * HOST + (WATCH if reloaded else 0)
        met += failed
        if stops(failed, len(batch), plan.failed) or stops(left_out, len(batch), plan.left_out):
            return {"stopped": True, "seconds": seconds, "have": have, "met": met}
        have += reloaded - failed
    return {"stopped": False, "seconds": seconds, "have": have, "met": met}


def several(options, plan, fleet):
    chance = random.Random(options.seed)
    return [rollout(chance, options.hosts, plan, fleet) for _ in range(options.runs)]


def clock(seconds):
    return f"{round(seconds / 60)} min" if seconds >= 120 else f"{round(seconds)} s"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def named(batches):
    return ", ".join(str(size) for size in batches)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--hosts", type=int, default=1000)
    arguments.add_argument("--runs", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=47)
    options = arguments.parse_args()

    rows = []
    for batches in ([1, 25], [1, 10, "10%"], [1, 10, "50%"]):
        for forks in (5, 25, 100):
            end = rollout(random.Random(options.seed), options.hosts, Plan(batches, forks=forks), Fleet())
            rows.append((named(batches), forks, len(list(cut(range(options.hosts), batches))), clock(end["seconds"])))
    table(("batches", "forks", "how many", "a good version is on all hosts after"), rows)

    rows = []
    for left_out in (0, 2, 10):
        for out_of_reach in (0.0001, 0.002, 0.01, 0.05):
            ends = several(options, Plan([1, 10, "10%"], left_out=left_out), Fleet(out_of_reach=out_of_reach))
            stopped = sum(end["stopped"] for end in ends)
            rows.append((f"{left_out}%", f"{out_of_reach * options.hosts:g}", f"{100 * stopped / options.runs:.0f}%",
                         f"{median(end['have'] for end in ends):.0f}"))
    table(("handover_max_left_out_percentage", "hosts out of reach, on average", "good versions that are stopped",
           "hosts that have it at the end, median"), rows)

    rows = []
    for batches in ([1, "10%"], [1, 10, "10%"]):
        for percentage in (0, 5):
            for fails in (1, 0.3, 0.03, 0.003):
                ends = several(options, Plan(batches, failed=percentage), Fleet(fails=fails))
                stopped = sum(end["stopped"] for end in ends)
                met = sorted(end["met"] for end in ends)
                rows.append((named(batches), f"{percentage}%", f"{100 * fails:g}%", f"{100 * stopped / options.runs:.0f}%",
                             f"{median(met):.0f}", met[int(len(met) * 0.99)],
                             clock(median(end["seconds"] for end in ends))))
    table(("batches", "handover_max_fail_percentage", "hosts where it fails", "stopped", "hosts where it failed, median",
           "in 99 of 100 runs at most", "over after, median"), rows)


if __name__ == "__main__":
    main()
