"""What it costs to start a command, and to save one conversation, beside sqlite3.

Every figure is a median over many runs, and the runs of a command and its peer alternate, so that what else the
machine does falls on both.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

BIN = os.path.abspath(".build/bin")
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


def joined_store(folder):
    """A space with a daemon, a laptop that joined it and has synced, and one theme; the daemon is stopped again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % free.getsockname()[1]
    data, store = f"{folder}/daemon", f"{folder}/laptop"

    def run(program, *arguments, text=None):
        result = subprocess.run([f"{BIN}/{program}", *arguments], input=text, capture_output=True, text=True)
        if result.returncode != 0:
            raise SystemExit(f"{program} {' '.join(arguments)}: {result.stdout}{result.stderr}")
        return json.loads(result.stdout)

    run("stoepd", "--data", data, "--json", "init", "--name", "Bench", "--address", address)
    run("stoepd", "--data", data, "--json", "area", "import", "Tools/demo.d/buurten-rotterdam.csv")
    daemon = subprocess.Popen(
        [f"{BIN}/stoepd", "--data", data, "--json", "serve", "--listen", address],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        daemon.stdout.readline()
        invitation = run(
            "stoepd", "--data", data, "--json", "invite", "--role", "volunteer", "--name", "Fatima",
            "--area", AREA)["invitation"]
        run("stoep", "--store", store, "--json", "join", "-", text=invitation)
        run("stoep", "--store", store, "--json", "theme", "new", "gezondheid")
        run("stoep", "--store", store, "--json", "sync")
    finally:
        daemon.terminate()
        daemon.wait()
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


def measure(runs):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    sqlite3 = shutil.which("sqlite3")
    rows = []

    def add(name, unit, value, peer, peer_value, goal_text, met):
        ratio = round(value / peer_value, 3) if peer_value else None
        rows.append({
            "name": name, "value": round(value, 3), "unit": unit, "peer": peer,
            "peerValue": round(peer_value, 3) if peer_value else None, "ratio": ratio, "goal": goal_text, "met": met})

    # On the disk of the checkout: /tmp may be in memory, where being durable costs nothing.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=".build") as folder:
        folder = os.path.abspath(folder)
        store, peer = joined_store(folder), peer_database(folder)
        insert = (
            "PRAGMA synchronous=FULL; INSERT INTO talk(at, area, place, language, consent, words, observation) "
            f"VALUES(1780000000000, '{AREA}', 'Zwart Janstraat', 'nl', 'anonymous', '{WORDS}', '{OBSERVATION}');")
        def record():
            return process_seconds(f"{BIN}/stoep", [
                "--store", store, "talk", "new", "--area", AREA, "--place", "Zwart Janstraat", "--language", "nl",
                "--consent", "anonymous", "--theme", "gezondheid", "--words", WORDS, "--observation", OBSERVATION,
            ], environment)

        ours, peers = side_by_side(runs, record, lambda: process_seconds(sqlite3, [peer, insert], environment))
        add("cli.talk-new", "ms", ours, "sqlite3, one durable insert", peers, "ratio ≤ 4", ours / peers <= 4)
        # On its end sqlite3 brings the WAL into the database, which costs it further fsyncs. Without that:
        bare = ["-cmd", ".dbconfig no_ckpt_on_close on", peer, insert]
        ours, peers = side_by_side(runs, record, lambda: process_seconds(sqlite3, bare, environment))
        add("cli.talk-new.wal", "ms", ours, "the same, left in its WAL", peers, None, None)

    ours, peers = side_by_side(
        runs,
        lambda: process_seconds(f"{BIN}/stoep", ["--version"], environment),
        lambda: process_seconds(sqlite3, ["--version"], environment))
    add("cli.version", "ms", ours, "sqlite3 --version", peers, "ratio ≤ 4", ours / peers <= 4)
    add("cli.start", "ms", ours, None, None, "< 15 ms", ours < 15)
    for program in ("stoep", "stoepd"):
        add(f"size.{program}", "MB", os.path.getsize(f"{BIN}/{program}") / 1e6, None, None, None, None)
    return rows


def show(rows):
    print(f"{'':16}{'value':>12}{'peer':>12}{'ratio':>8}   goal")
    for row in rows:
        value = f"{row['value']:.2f} {row['unit']}"
        peer = f"{row['peerValue']:.2f} {row['unit']}" if row["peerValue"] else ""
        ratio = f"{row['ratio']:.2f}" if row["ratio"] else ""
        goal = f"{row['goal']}: {'met' if row['met'] else 'MISSED'}" if row["goal"] else ""
        print(f"{row['name']:16}{value:>12}{peer:>12}{ratio:>8}   {goal}" + (f"  ({row['peer']})" if row["peer"] else ""))


def main():
    parser = argparse.ArgumentParser(prog="Tools/bench start")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    rows = measure(arguments.runs)
    show(rows)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, ensure_ascii=False, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
