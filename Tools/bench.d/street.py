"""What the questions of a street cost as processes in a large store, beside sqlite3 answering the same from plain tables.

The store is that of a volunteer who joined and has synced with others: stoep-bench fills theirs, through the library.
The plain tables hold the same rows, as stoep exported them, with the same indexes, FTS5 for what is searched, and terms
of offers and needs in a table of their own; nothing of it is sealed, signed, merged or has a history.
"""

import argparse
import contextlib
import datetime
import json
import os
import pty
import random
import re
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import figures
import start
import street_plain

VOLUNTEERS = ("fatima", "joost", "meral", "henk")
DISTRICT = 12  # areas
PLAIN = "sqlite3, plain tables"


class District:
    """A folder with a space of so many conversations, the store of one who holds all, and the plain tables."""

    def __init__(self, folder, count, records):
        self.folder, self.count = folder, count
        self.store, self.plain = f"{folder}/{VOLUNTEERS[0]}", f"{folder}/plain.db"
        if os.path.exists(self.plain):
            return
        with open(f"{start.ROOT}/Tools/demo.d/buurten-rotterdam.csv", encoding="utf-8") as file:
            areas = [line.split(",")[0] for line in file.read().splitlines()[1:DISTRICT + 1]]
        options = ["--records", records] if records else []
        space = start.Space(folder)
        with space.serving():
            for number, name in enumerate(VOLUNTEERS):
                granted = [word for area in areas for word in ("--area", area)]
                invitation = start.run(
                    "stoepd", "--data", space.data, "--json", "invite", "--role", "volunteer", "--name", name, *granted)
                store = f"{folder}/{name}"
                start.run("stoep", "--store", store, "--json", "join", "-", text=invitation["invitation"])
                start.run("stoep", "--store", store, "--json", "sync")
                subprocess.run(
                    [f"{start.BIN}/stoep-bench", "fill-street", "--store", store, "--areas", ",".join(areas),
                     "--count", str(count), "--first", str(number), "--step", str(len(VOLUNTEERS)), *options], check=True)
                start.run("stoep", "--store", store, "--json", "sync")
            start.run("stoep", "--store", self.store, "--json", "sync")
        # The index of all words follows at the first search.
        start.run("stoep", "--store", self.store, "--json", "search", "stoep")
        self.export(f"{folder}/all.jsonl", "jsonl")
        # By a process of its own: what this one had would be taken for what those have that it starts.
        subprocess.run(
            [sys.executable, street_plain.__file__, f"{folder}/all.jsonl", f"{self.plain}.new"], check=True)
        os.remove(f"{folder}/all.jsonl")
        os.rename(f"{self.plain}.new", self.plain)

    def export(self, path, form):
        start.run("stoep", "--store", self.store, "--json", "export", "--to", path, "--format", form)

    def ask(self, sql):
        """The rows of one answer."""
        result = subprocess.run(["sqlite3", "-json", self.plain, sql], check=True, capture_output=True, text=True)
        return json.loads(result.stdout or "[]")


COUNT = """
import json, sys
text, count = sys.stdin.read().strip(), 0
while text:
    found, end = json.JSONDecoder().raw_decode(text)
    found, text = found[sys.argv[1]] if sys.argv[1:] else found, text[end:].lstrip()
    count += len(found) if isinstance(found, list) else found
print(count)
"""


def counted(arguments, *key):
    """How many rows a program answers: those of all answers, or of what stands under a key."""
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as child:
        return int(subprocess.run(
            [sys.executable, "-c", COUNT, *key], stdin=child.stdout, check=True, capture_output=True, text=True).stdout)


def started(program, arguments):
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    return os.posix_spawn(program, [program, *arguments], start.environment(), file_actions=actions)


def check(status, program, arguments):
    if status != 0:
        raise SystemExit(f"{program} {' '.join(arguments)}: status {os.waitstatus_to_exitcode(status)}")


def milliseconds(program, arguments):
    """Runs a program to its end, by the clock."""
    begun = time.perf_counter()
    _, status = os.waitpid(started(program, arguments), 0)
    elapsed = time.perf_counter() - begun
    check(status, program, arguments)
    return elapsed * 1000


def peak(program, arguments):
    """The most memory that a program has had when it ends, in MiB. It is asked for while it runs: what wait4 says of a
    program is no less than what the one had that started it."""
    pid, most = started(program, arguments), 0
    while True:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="utf-8") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    most = max(most, int(line.split()[1]))
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            check(status, program, arguments)
            return most / 1024


def contest(district, runs, ours, sql):
    """The medians of both, which alternate, in milliseconds; and the most memory that ours has."""
    mine = (f"{start.BIN}/stoep", ["--store", district.store, "--json", *ours])
    programs = (mine, (shutil.which("sqlite3"), ["-json", "-readonly", district.plain, sql]))
    times = ([], [])
    for run in range(runs + 2):
        for kept, (program, arguments) in zip(times, programs):
            elapsed = milliseconds(program, arguments)
            if run >= 2:  # the first ones warm the page cache
                kept.append(elapsed)
    return statistics.median(times[0]), statistics.median(times[1]), max(peak(*mine) for _ in range(3))


def answers(district, ours, sql, key):
    """How many both answer: to be sure that it is the same question."""
    return (
        counted([f"{start.BIN}/stoep", "--store", district.store, "--json", *ours], key),
        counted(["sqlite3", "-json", "-readonly", district.plain, sql]))


def questions(district):
    """Each with what stoep is asked, the same in SQL, and the key under which ours has its rows."""
    numbers = random.Random(5)
    sampled = numbers.randrange(district.count)
    place = district.ask(f"SELECT place FROM talk LIMIT 1 OFFSET {sampled}")[0]["place"]
    area = district.ask(f"SELECT area FROM talk LIMIT 1 OFFSET {sampled}")[0]["area"]
    spot = district.ask(f"SELECT latitude, longitude FROM talk LIMIT 1 OFFSET {sampled}")[0]
    words = numbers.sample([
        word for word in district.ask(f"SELECT words FROM talk LIMIT 1 OFFSET {sampled}")[0]["words"].split()
        if len(word) > 4], 2)
    now = datetime.datetime.now(datetime.timezone.utc)
    today, recent = now.strftime("%Y-%m-%d"), int((now.timestamp() - 28 * 86_400) * 1000)
    box = (
        f"latitude BETWEEN {spot['latitude'] - 135} AND {spot['latitude'] + 135} "
        f"AND longitude BETWEEN {spot['longitude'] - 219} AND {spot['longitude'] + 219}")
    position = f"{spot['latitude'] / 1e5:.5f},{spot['longitude'] / 1e5:.5f}"
    sql = street_plain
    return [
        ("list", ["talk", "list", "--limit", "50"], sql.latest("", 50), "conversations"),
        ("list-area", ["talk", "list", "--area", area, "--limit", "50"],
         sql.latest(f"WHERE t.area = '{area}'", 50), "conversations"),
        ("list-volunteer", ["talk", "list", "--volunteer", VOLUNTEERS[1], "--limit", "50"],
         sql.latest(f"WHERE t.volunteer = '{VOLUNTEERS[1]}'", 50), "conversations"),
        ("search", ["search", *words], sql.search(words), "results"),
        ("due", ["due"], sql.due(today), "due"),
        ("near", ["near", "--place", place], sql.near(f"t.place = '{place}' COLLATE NOCASE", recent, place), "contacts"),
        ("near-position", ["near", "--position", position], sql.near(box, recent, None), "contacts"),
        ("match", ["match", "suggest", "--limit", "20"], sql.match(today), "suggestions"),
        ("overview", ["overview"], sql.overview(today), "conversations"),
        ("list-all", ["talk", "list"], sql.latest("", -1), "conversations"),
    ]


def bar_on_a_terminal(district, folder):
    """How often the progress of an export was drawn on a terminal of its own."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(
            f"{start.BIN}/stoep",
            ["stoep", "--store", district.store, "export", "--to", f"{folder}/seen", "--format", "csv"],
            {**start.environment(), "TERM": "xterm"})
    seen = b""
    while True:
        select.select([terminal], [], [])
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # a terminal that nobody has any more
            break
        if not piece:
            break
        seen += piece
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    shutil.rmtree(f"{folder}/seen")
    if status != 0:
        raise SystemExit(f"stoep export on a terminal: {seen.decode(errors='replace')}")
    lines = re.findall(r"\r([^\r\x1b]*[█▏▎▍▌▋▊▉][^\r\x1b]*)\x1b\[K", seen.decode(errors="replace"))
    return len(lines), lines[len(lines) // 2] if lines else ""


def export(district, folder):
    """Everything into a folder: seconds, megabytes, and the most memory in MiB."""
    path = f"{folder}/exported"
    ours = (f"{start.BIN}/stoep", ["--store", district.store, "--json", "export", "--to", path, "--format", "csv"])
    elapsed = milliseconds(*ours)
    size = sum(entry.stat().st_size for entry in os.scandir(path)) / 1e6
    shutil.rmtree(path)
    memory = peak(*ours)
    shutil.rmtree(path)
    return elapsed / 1000, size, memory


def measure(folder, count, runs, records):
    rows, notes = [], []

    def add(*figure):
        rows.append(figures.figure(*figure))

    for number in (count // 10, count):
        os.makedirs(f"{folder}/{number}", exist_ok=True)
    small, district = [District(f"{folder}/{number}", number, records) for number in (count // 10, count)]
    for name, ours, sql, key in questions(district):
        found, expected = answers(district, ours, sql, key)
        notes.append(f"{name}: stoep {' '.join(ours)}: {found} {key}; {expected} rows of sqlite3")
        few = max(3, runs // 5) if name == "list-all" else runs
        mine, peers, memory = contest(district, few, ours, sql)
        add(f"street.{name}", mine, "ms", PLAIN, peers, ("ratio", "≤", 5))
        add(f"street.{name}.memory", memory, "MiB")
    seconds, size, memory = export(district, folder)
    before = export(small, folder)
    add("street.export", seconds, "s", f"at {count // 10}", before[0])
    add("street.export.size", size, "MB", f"at {count // 10}", before[1])
    add("street.export.memory", memory, "MiB", f"at {count // 10}", before[2], ("ratio", "≤", 1.3))
    drawn, line = bar_on_a_terminal(district, folder)
    add("street.export.progress", drawn, "times drawn", None, None, ("value", "≥", 1))
    notes.append(f"progress of an export halfway: {line.strip()}")
    return rows, notes


def main():
    parser = argparse.ArgumentParser(prog="Tools/bench street")
    parser.add_argument("--conversations", type=int, default=100_000, help="how many conversations")
    parser.add_argument("--runs", type=int, default=15, help="how often each command is run; figures are medians")
    parser.add_argument("--records", metavar="FILE", help="a street round to take them from")
    parser.add_argument("--space", metavar="DIR", help="keep what is made there, or use what was made there before")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    # On the disk of the checkout: /tmp may be in memory.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=f"{start.ROOT}/.build") as folder:
        rows, notes = measure(
            arguments.space or folder, arguments.conversations, arguments.runs, arguments.records)
    print(figures.table(rows))
    for note in notes:
        print(f"note: {note}")
    print(
        f"note: {arguments.conversations} conversations by {len(VOLUNTEERS)} volunteers in {DISTRICT} areas, 1 to 20 of them "
        f"agreements, initiatives, offers and needs; medians of {arguments.runs} runs; memory: the most that one had "
        f"(VmHWM); {figures.machine(load)}")
    if arguments.json:
        figures.write(rows, arguments.json)


if __name__ == "__main__":
    main()
