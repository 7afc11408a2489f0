#!/usr/bin/env python3
"""Measures Yrs (pycrdt) and Loro on recorded texts: peers.py TRACE.json.gz...

Prints one JSON object: by trace, what importing its history and giving the text takes (least of several runs), bytes of the
history deflated, growth of peak memory, and for a sequential trace local operations a second. Memory is measured in a
process of its own: peers.py --memory yrs|loro FILE.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib

import loro
import pycrdt


def least(runs, body):
    times = []
    for _ in range(runs):
        start = time.thread_time()
        body()
        times.append(time.thread_time() - start)
    return min(times)


def read(path):
    with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
        return json.load(file)


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
        return str(text)


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
        return doc.get_text("text").to_string()


PEERS = {"yrs": Yrs, "loro": Loro}


def sequential(peer, transactions):
    """One author: a transaction for every thousand keystrokes."""
    replica = peer(0)
    patches = [patch for transaction in transactions for patch in transaction["patches"]]
    for start in range(0, len(patches), 1000):
        replica.type(patches[start : start + 1000])
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
    text = PEERS[name].imported(update)
    print((kilobytes("VmHWM:") - before) * 1024)
    return text


def measure(path):
    trace = read(path)
    transactions = trace["txns"]
    is_sequential = "agent" not in transactions[0]
    figures = {}
    for name, peer in PEERS.items():
        replica = (sequential if is_sequential else concurrent)(peer, transactions)
        assert replica.string() == trace["endContent"], name
        update = replica.whole()
        assert peer.imported(update) == trace["endContent"], name
        figures[name + "_import_ms"] = least(25, lambda: peer.imported(update)) * 1000
        figures[name + ("_update" if name == "yrs" else "_updates") + "_deflated"] = len(zlib.compress(update, 6))
        figures[name + "_memory"] = memory(name, update)
        if is_sequential:
            took = least(3 if name == "loro" else 1, lambda: sequential(peer, transactions))
            figures[name + "_local_ops"] = len(transactions) / took
    return figures


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--memory":
        probe(sys.argv[2], sys.argv[3])
    else:
        print(json.dumps({os.path.basename(path).split(".")[0]: measure(path) for path in sys.argv[1:]}))
