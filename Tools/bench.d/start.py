"""What it costs to start a command, and to save one conversation, beside sqlite3.

Every figure is a median over many runs, and the runs of a command and its peer alternate, so that what else the
machine does falls on both.
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

import figures

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = f"{ROOT}/.build/bin"
AREA = "BU05990535"


def process_seconds(path, arguments, environment):
    """Starts a process without a shell, and waits for its end."""
    begun = time.perf_counter()
    pid = os.posix_spawn(path, [path, *arguments], environment, file_actions=QUIET)
    _, status = os.waitpid(pid, 0)
    elapsed = time.perf_counter() - begun
    if status != 0:
        raise SystemExit(f"{path} {' '.join(arguments)}: status {status}")
    return elapsed


QUIET = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]


def side_by_side(runs, ours, peer):
    """The medians of both, in milliseconds."""
    times = ([], [])
    for run in range(runs + 5):
        for kept, measure in zip(times, (ours, peer)):
            seconds = measure()
            if run >= 5:  # the first ones warm the page cache
                kept.append(seconds)
    return [statistics.median(kept) * 1000 for kept in times]


def run(program, *arguments, text=None):
    result = subprocess.run([f"{BIN}/{program}", *arguments], input=text, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{program} {' '.join(arguments)}: {result.stdout}{result.stderr}")
    return json.loads(result.stdout)


class Space:
    """A daemon in a folder, and the laptops that join it."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % free.getsockname()[1]
        self.folder, self.data = folder, f"{folder}/daemon"
        run("stoepd", "--data", self.data, "--json", "init", "--name", "Bench", "--address", self.address)
        run("stoepd", "--data", self.data, "--json", "area", "import", f"{ROOT}/Tools/demo.d/buurten-rotterdam.csv")

    @contextlib.contextmanager
    def serving(self):
        """The daemon, as long as this lasts."""
        daemon = subprocess.Popen(
            [f"{BIN}/stoepd", "--data", self.data, "--json", "serve", "--listen", self.address],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            daemon.stdout.readline()
            yield daemon
        finally:
            daemon.terminate()
            daemon.wait()

    def invite(self, name):
        return run(
            "stoepd", "--data", self.data, "--json", "invite", "--role", "volunteer", "--name", name,
            "--area", AREA)["invitation"]

    def laptop(self, name):
        """The store of a volunteer who joined; the daemon serves."""
        store = f"{self.folder}/{name}"
        run("stoep", "--store", store, "--json", "join", "-", text=self.invite(name))
        return store


def joined_store(space):
    """That of a laptop that joined and has synced, with one theme; the daemon is stopped again."""
    with space.serving():
        store = space.laptop("fatima")
        run("stoep", "--store", store, "--json", "theme", "new", "gezondheid")
        run("stoep", "--store", store, "--json", "sync")
    return store


def peer_database(folder):
    """What sqlite3 writes into: the same words in a WAL database that exists already."""
    path = f"{folder}/peer.db"
    subprocess.run(
        ["sqlite3", path, "PRAGMA journal_mode=WAL; CREATE TABLE talk(id INTEGER PRIMARY KEY, at INTEGER, area TEXT, "
         "place TEXT, language TEXT, consent TEXT, words TEXT, observation TEXT);"],
        check=True, stdout=subprocess.DEVNULL)
    return path


WORDS = "Ik zet de verwarming pas aan als de kleinkinderen komen. Dan is het huis in een uur warm."
OBSERVATION = "Enkel glas aan de straatkant, kieren bij de voordeur."


def environment():
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}


def talk_new(runs, store, peer):
    """What recording one conversation takes as a process, beside sqlite3 inserting one row."""
    sqlite3 = shutil.which("sqlite3")
    insert = (
        "PRAGMA synchronous=FULL; INSERT INTO talk(at, area, place, language, consent, words, observation) "
        f"VALUES(1780000000000, '{AREA}', 'Zwart Janstraat', 'nl', 'anonymous', '{WORDS}', '{OBSERVATION}');")

    def record():
        return process_seconds(f"{BIN}/stoep", [
            "--store", store, "talk", "new", "--area", AREA, "--place", "Zwart Janstraat", "--language", "nl",
            "--consent", "anonymous", "--theme", "gezondheid", "--words", WORDS, "--observation", OBSERVATION,
        ], environment())

    rows = []
    ours, peers = side_by_side(runs, record, lambda: process_seconds(sqlite3, [peer, insert], environment()))
    rows.append(figures.figure("cli.talk-new", ours, "ms", "sqlite3, one durable insert", peers, ("ratio", "≤", 4)))
    # On its end sqlite3 brings the WAL into the database, which costs it further fsyncs. Without that:
    bare = ["-cmd", ".dbconfig no_ckpt_on_close on", peer, insert]
    ours, peers = side_by_side(runs, record, lambda: process_seconds(sqlite3, bare, environment()))
    rows.append(figures.figure("cli.talk-new.wal", ours, "ms", "the same, left in its WAL", peers))
    return rows


def version(runs):
    """What starting a command takes that does nothing, beside sqlite3."""
    sqlite3 = shutil.which("sqlite3")
    ours, peers = side_by_side(
        runs,
        lambda: process_seconds(f"{BIN}/stoep", ["--version"], environment()),
        lambda: process_seconds(sqlite3, ["--version"], environment()))
    return [
        figures.figure("cli.version", ours, "ms", "sqlite3 --version", peers, ("ratio", "≤", 4)),
        figures.figure("cli.start", ours, "ms", None, None, ("value", "<", 15)),
    ]


def measure(runs):
    rows = []

    def add(*figure):
        rows.append(figures.figure(*figure))

    # On the disk of the checkout: /tmp may be in memory, where being durable costs nothing.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=f"{ROOT}/.build") as folder:
        rows += talk_new(runs, joined_store(Space(folder)), peer_database(folder))
    rows += version(runs)
    for program in ("stoep", "stoepd"):
        add(f"size.{program}", os.path.getsize(f"{BIN}/{program}") / 1e6, "MB")
    return rows


def main():
    parser = argparse.ArgumentParser(prog="Tools/bench start")
    parser.add_argument("--runs", type=int, default=100, help="how often everything is run; figures are medians")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    rows = measure(arguments.runs)
    print(figures.table(rows))
    print(f"medians of {arguments.runs} runs; {figures.machine(load)}")
    if arguments.json:
        figures.write(rows, arguments.json)


if __name__ == "__main__":
    main()
