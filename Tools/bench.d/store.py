"""What a first sync, and a command in a large store, cost as processes: the second part of Tools/bench store.

The store is filled by stoep-bench, through the library; what is measured are the programs.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time

import figures
import start

MEBIBYTE = 1 << 20


def process(program, *arguments, text):
    """Runs a program to its end: seconds by the clock, and the most memory that it had, in MiB."""
    begun = time.perf_counter()
    child = subprocess.Popen(
        [f"{start.BIN}/{program}", *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    child.stdin.write(text)
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{program} {' '.join(arguments)}: status {child.returncode}")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def peak(pid):
    """The most memory that a process has had so far, in MiB."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    raise SystemExit("the kernel does not say how much memory a process had")


def measure(count, runs, records):
    rows = []

    def add(*figure):
        rows.append(figures.figure(*figure))

    with tempfile.TemporaryDirectory(prefix="bench-", dir=f"{start.ROOT}/.build") as folder:
        space = start.Space(folder)
        store, peer = start.joined_store(space), start.peer_database(folder)
        options = ["--records", records] if records else []
        plain = float(subprocess.run(
            [f"{start.BIN}/stoep-bench", "fill", "--store", store, "--area", start.AREA, "--count", str(count), *options],
            check=True, stdout=subprocess.PIPE, text=True).stdout)
        with space.serving() as daemon:
            ours, memory = process("stoep", "--store", store, "sync", text="")
            add("store.first-push", ours, "s", "plain SQLite, the same rows and indexes, FTS5", plain)
            add("store.first-push.memory", memory, "MiB")
            invitation = space.invite("joost")
            ours, memory = process("stoep", "--store", f"{folder}/joost", "join", "-", text=invitation)
            add("store.first-sync", ours, "s", "plain SQLite, the same rows and indexes, FTS5", plain, ("ratio", "≤", 2.5))
            add("store.first-sync.memory", memory, "MiB", None, None, ("value", "≤", 150))
            add("store.first-sync.daemon-memory", peak(daemon.pid), "MiB", None, None, ("value", "≤", 150))
        status = start.run("stoep", "--store", f"{folder}/joost", "--json", "status")
        held = len(start.run("stoep", "--store", f"{folder}/joost", "--json", "talk", "list")["conversations"])
        if held != count or status["unsynced"] != 0:
            raise SystemExit(f"{held} of {count} conversations arrived")
        rows += start.talk_new(runs, store, peer)
    return rows + start.version(runs)


def main():
    parser = argparse.ArgumentParser(prog="Tools/bench store")
    parser.add_argument("--count", type=int, default=100_000, help="how many conversations")
    parser.add_argument("--runs", type=int, default=50, help="how often each command is run; figures are medians")
    parser.add_argument("--records", metavar="FILE", help="a street round to take them from")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, behind those that are there already")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    rows = measure(arguments.count, arguments.runs, arguments.records)
    print(figures.table(rows))
    print(f"note: {arguments.count} conversations; commands: medians of {arguments.runs} runs; {figures.machine(load)}")
    if arguments.json:
        with open(arguments.json, encoding="utf-8") as file:
            figures.write(json.load(file) + rows, arguments.json)


if __name__ == "__main__":
    main()
