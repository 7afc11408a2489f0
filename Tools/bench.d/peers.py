#!/usr/bin/env python3
"""Measures Yrs (pycrdt) and Loro for `stoep-bench merge` and `wire`, which ask for one measurement after another, so
that ours and theirs alternate: a JSON object a line on standard input, one a line on standard output.

    {"do": "about"}                                              versions
    {"do": "load", "name": N, "path": FILE, "kind": "trace"}     a recorded text: bytes deflated, by peer
    {"do": "load", "name": N, "path": FILE, "kind": "records"}   JSON lines: bytes and bytes deflated of all pieces,
                                                                 "piece" records each (256)
    {"do": "import" | "inflate-import" | "local" | "memory", "name": N, "peer": "yrs" | "loro"}

A measurement answers {"value": V}: milliseconds of the thread's own time, or bytes for memory, which is measured in a
process of its own (peers.py --memory PEER FILE). What cannot be done answers {"error": WHY}.
"""

import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zlib
from importlib.metadata import version

import loro
import pycrdt

# What takes less is done again until it took so long: as in Tools/benches/Stopwatch.swift.
LEAST_SECONDS = 0.02
RECORDS_A_PIECE = 256
KEYSTROKES_A_CHANGE = 1000


def milliseconds(body):
    """How long one call takes. What it returns is dropped after the clock has stopped: importing is what is measured."""
    count, elapsed = 0, 0.0
    while elapsed < LEAST_SECONDS:
        start = time.thread_time()
        kept = body()
        elapsed += time.thread_time() - start
        del kept
        count += 1
    return elapsed / count * 1000


def opened(path):
    with open(path, "rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt", encoding="utf-8") if is_gzip else open(path, encoding="utf-8")


# One way to speak to both: a replica types, and gives and takes what is new.


class Yrs:
    def __init__(self, agent):
        self.doc = pycrdt.Doc(client_id=agent + 1)
        self.text = self.doc.get("text", type=pycrdt.Text)

    def type(self, patches):
        with self.doc.transaction():
            for position, deleted, inserted in patches:
                if deleted:
                    del self.text[position : position + deleted]
                if inserted:
                    self.text.insert(position, inserted)

    def version(self):
        return self.doc.get_state()

    def since(self, version):
        return self.doc.get_update(version)

    def take(self, update):
        self.doc.apply_update(update)

    def whole(self):
        return self.doc.get_update()

    def string(self):
        return str(self.text)

    @staticmethod
    def imported(update):
        doc = pycrdt.Doc()
        text = doc.get("text", type=pycrdt.Text)
        doc.apply_update(update)
        return doc, str(text)

    # Records: a map of maps, in which the themes are keys (so that adding and removing them commute) and the words a text.

    @staticmethod
    def written(records, a_piece):
        doc = pycrdt.Doc(client_id=1)
        every = doc.get("records", type=pycrdt.Map)
        pieces = []
        for start in range(0, len(records), a_piece):
            before = doc.get_state()
            for index, record in enumerate(records[start : start + a_piece], start):
                fields = {name: value for name, value in record.items() if name not in ("themes", "words")}
                fields["themes"] = pycrdt.Map({theme: True for theme in record["themes"]})
                fields["words"] = pycrdt.Text(record["words"])
                every[str(index)] = pycrdt.Map(fields)
            pieces.append(doc.get_update(before))
        return pieces

    @staticmethod
    def empty():
        return pycrdt.Doc()

    @staticmethod
    def take_records(doc, piece):
        doc.apply_update(piece)

    @staticmethod
    def words(doc, index):
        return str(doc.get("records", type=pycrdt.Map)[str(index)]["words"])


class Loro:
    def __init__(self, agent):
        self.doc = loro.LoroDoc()
        self.doc.peer_id = agent + 1
        self.text = self.doc.get_text("text")

    def type(self, patches):
        for position, deleted, inserted in patches:
            if deleted:
                self.text.delete(position, deleted)
            if inserted:
                self.text.insert(position, inserted)
        self.doc.commit()

    def version(self):
        return self.doc.oplog_vv

    def since(self, version):
        return self.doc.export(loro.ExportMode.Updates(version))

    def take(self, update):
        self.doc.import_(update)

    def whole(self):
        return self.doc.export(loro.ExportMode.Updates(loro.VersionVector()))

    def string(self):
        return self.text.to_string()

    @staticmethod
    def imported(update):
        doc = loro.LoroDoc()
        doc.import_(update)
        return doc, doc.get_text("text").to_string()

    @staticmethod
    def written(records, a_piece):
        doc = loro.LoroDoc()
        doc.peer_id = 1
        every = doc.get_map("records")
        pieces = []
        for start in range(0, len(records), a_piece):
            before = doc.oplog_vv
            for index, record in enumerate(records[start : start + a_piece], start):
                fields = every.insert_container(str(index), loro.LoroMap())
                for name, value in record.items():
                    if name == "themes":
                        themes = fields.insert_container(name, loro.LoroMap())
                        for theme in value:
                            themes.insert(theme, True)
                    elif name == "words":
                        fields.insert_container(name, loro.LoroText()).insert(0, value)
                    else:
                        fields.insert(name, value)
                doc.commit()
            pieces.append(doc.export(loro.ExportMode.Updates(before)))
        return pieces

    @staticmethod
    def empty():
        return loro.LoroDoc()

    @staticmethod
    def take_records(doc, piece):
        doc.import_(piece)

    @staticmethod
    def words(doc, index):
        return doc.get_deep_value()["records"][str(index)]["words"]


PEERS = {"yrs": Yrs, "loro": Loro}


def sequential(peer, transactions):
    """One author: a transaction for every thousand keystrokes."""
    replica = peer(0)
    patches = [patch for transaction in transactions for patch in transaction["patches"]]
    for start in range(0, len(patches), KEYSTROKES_A_CHANGE):
        replica.type(patches[start : start + KEYSTROKES_A_CHANGE])
    return replica


def concurrent(peer, transactions):
    """A replica an agent, each brought to the parents of its transactions."""
    replicas, updates, known, heard = {}, [], [], {}
    agents = sorted({transaction["agent"] for transaction in transactions})
    for agent in agents:
        replicas[agent] = peer(agent)
        heard[agent] = {other: -1 for other in agents}
    last = {agent: [] for agent in agents}
    for index, transaction in enumerate(transactions):
        agent = transaction["agent"]
        ancestry = {other: -1 for other in agents}
        for parent in transaction["parents"]:
            for other in agents:
                ancestry[other] = max(ancestry[other], known[parent][other])
        for other in agents:
            if other == agent:
                continue
            for one in last[other]:
                if heard[agent][other] < one <= ancestry[other]:
                    replicas[agent].take(updates[one])
            heard[agent][other] = max(heard[agent][other], ancestry[other])
            last[other] = [one for one in last[other] if one > min(heard[a][other] for a in agents if a != other)]
        ancestry[agent] = index
        known.append(ancestry)
        before = replicas[agent].version()
        replicas[agent].type(transaction["patches"])
        updates.append(replicas[agent].since(before))
        last[agent].append(index)
    first = replicas[agents[0]]
    for agent in agents[1:]:
        first.take(replicas[agent].whole())
    return first


def brought_in(peer, pieces):
    """A replica that has taken every piece."""
    replica = peer.empty()
    for piece in pieces:
        peer.take_records(replica, piece)
    return replica


def memory(name, update):
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(update)
    try:
        output = subprocess.run(
            [sys.executable, __file__, "--memory", name, file.name], capture_output=True, check=True, text=True
        )
        return float(output.stdout)
    finally:
        os.unlink(file.name)


def probe(name, path):
    with open(path, "rb") as file:
        update = file.read()

    def kilobytes(field):
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field))

    # Sets the peak back to what is resident now (proc(5)).
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = kilobytes("VmRSS:")
    kept = PEERS[name].imported(update)
    print((kilobytes("VmHWM:") - before) * 1024)
    return kept


class Trace:
    """A recorded text, as each peer has it after its authors wrote it."""

    def __init__(self, path):
        with opened(path) as file:
            trace = json.load(file)
        self.transactions = trace["txns"]
        self.is_sequential = "agent" not in self.transactions[0]
        self.updates = {}
        for name, peer in PEERS.items():
            replica = (sequential if self.is_sequential else concurrent)(peer, self.transactions)
            update = replica.whole()
            if replica.string() != trace["endContent"] or peer.imported(update)[1] != trace["endContent"]:
                raise ValueError(f"{path}: the text of {name} is not endContent")
            self.updates[name] = update

    def about(self, name):
        update = self.updates[name]
        return {"bytes": len(update), "deflated": len(zlib.compress(update, 6))}

    def measure(self, what, name):
        if what == "import":
            return milliseconds(lambda: PEERS[name].imported(self.updates[name]))
        if what == "memory":
            return memory(name, self.updates[name])
        if what == "local" and self.is_sequential:
            return milliseconds(lambda: sequential(PEERS[name], self.transactions))
        raise ValueError(f"a recorded text has no {what}")


class Records:
    """Records, as each peer sends them in pieces."""

    def __init__(self, path, a_piece=RECORDS_A_PIECE):
        with opened(path) as file:
            records = [json.loads(line) for line in file]
        self.pieces = {name: peer.written(records, a_piece) for name, peer in PEERS.items()}
        self.deflated = {name: [zlib.compress(piece, 6) for piece in pieces] for name, pieces in self.pieces.items()}
        for name, peer in PEERS.items():
            if peer.words(brought_in(peer, self.pieces[name]), len(records) - 1) != records[-1]["words"]:
                raise ValueError(f"{path}: {name} does not hold the last record's words")

    def about(self, name):
        return {
            "bytes": sum(map(len, self.pieces[name])), "deflated": sum(map(len, self.deflated[name]))}

    def measure(self, what, name):
        peer = PEERS[name]
        if what == "import":
            return milliseconds(lambda: brought_in(peer, self.pieces[name]))
        if what == "inflate-import":
            return milliseconds(lambda: brought_in(peer, map(zlib.decompress, self.deflated[name])))
        raise ValueError(f"records have no {what}")


LOADED = {}


def answer(request):
    what = request["do"]
    if what == "about":
        return {
            "python": platform.python_version(), "yrs": f"pycrdt {version('pycrdt')}",
            "loro": f"loro {version('loro')}"}
    if what == "load":
        if request["kind"] == "records":
            one = Records(request["path"], int(request.get("piece", RECORDS_A_PIECE)))
        else:
            one = Trace(request["path"])
        LOADED[request["name"]] = one
        return {name: one.about(name) for name in PEERS}
    return {"value": LOADED[request["name"]].measure(what, request["peer"])}


def serve():
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # whatever it is, who asked has to hear of it
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--memory":
        probe(sys.argv[2], sys.argv[3])
    else:
        serve()
