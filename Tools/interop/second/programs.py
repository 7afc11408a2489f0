"""The real programs: a daemon, and laptops, in a temporary directory."""

import json
import os
import re
import signal
import socket
import subprocess
import time

STREET = "BU05990535"
AREAS = "code,name,longitude,latitude\nBU05990535,Oude Noorden,4.48,51.93\nBU05990536,Zuid,4.5,51.9\n"


class Programs:
    def __init__(self, folder, binaries):
        self.folder, self.binaries = folder, binaries
        self.data = os.path.join(folder, "daemon")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.daemon = None
        self.calls = 0

    def run(self, program, *arguments, store=None, given=None):
        """Runs a program to its end: its output. Fails with what it said where it fails."""
        environment = dict(os.environ, LANG="C.UTF-8")
        if store:
            environment["STOEP_STORE"] = store
        self.calls += 1
        done = subprocess.run([os.path.join(self.binaries, program), *arguments], env=environment, input=given,
                              capture_output=True, text=True, timeout=60, cwd=self.folder)
        if done.returncode:
            raise AssertionError(f"{program} {' '.join(arguments)} ended with {done.returncode}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        areas = os.path.join(self.folder, "areas.csv")
        with open(areas, "w") as file:
            file.write(AREAS)
        self.stoepd("init", "--name", "Interop", "--address", self.address)
        self.stoepd("area", "import", areas)
        self.serve()

    def serve(self):
        log = open(os.path.join(self.folder, "daemon.log"), "a")
        self.daemon = subprocess.Popen(
            [os.path.join(self.binaries, "stoepd"), "serve", "--data", self.data, "--listen", self.address],
            stdout=log, stderr=log, cwd=self.folder)
        log.close()
        host, port = self.address.split(":")
        for _ in range(200):
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("stoepd does not listen")

    def stop(self):
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGTERM)
            try:
                self.daemon.wait(20)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
            self.daemon = None

    def stoepd(self, *arguments):
        return self.run("stoepd", *arguments, "--data", self.data)

    def invite(self, name, role="volunteer"):
        area = ["--area", STREET] if role == "volunteer" else []
        return re.search(r"stoep1\.\S+", self.stoepd("invite", "--role", role, "--name", name, *area))[0]

    def frontier(self):
        """What the daemon holds: of each log, actors and how far."""
        told = json.loads(self.stoepd("status", "--json"))["frontier"]
        return {log: sorted((each["actor"], each["seq"]) for each in heads) for log, heads in told.items()}

    def doctor(self):
        return json.loads(self.stoepd("doctor", "--json"))

    def erasures(self):
        return json.loads(self.stoepd("erasures", "--json"))


class Laptop:
    """A laptop on which the real stoep runs."""

    def __init__(self, programs, name):
        self.programs, self.store = programs, os.path.join(programs.folder, "laptop-" + name)
        self("join", programs.invite(name))

    def __call__(self, *arguments, given=None):
        return self.programs.run("stoep", *arguments, store=self.store, given=given)

    def json(self, *arguments):
        return json.loads(self(*arguments, "--json"))

    def sync(self):
        return self("sync")

    def show(self, record):
        return self.json("talk", "show", record.hex())
