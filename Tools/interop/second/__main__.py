import argparse
import sys
import time
from pathlib import Path

from . import bundles, live, pages, specimens, vectors
from .grammar import Grammar
from .report import Report

BINARIES = Path(__file__).resolve().parents[3] / ".build" / "debug"

arguments = argparse.ArgumentParser(prog="Tools/interop/run")
arguments.add_argument("--offline", action="store_true")
arguments.add_argument("--seed", type=int, default=1)
arguments.add_argument("--binaries", type=Path, default=BINARIES)
chosen = arguments.parse_args()

report, rules, started = Report(), Grammar(), time.monotonic()
specimens.run(report, rules)
vectors.run(report, rules)
pages.run(report, rules)
bundles.run(report, rules)
if not chosen.offline:
    if not all((chosen.binaries / program).exists() for program in ("stoep", "stoepd")):
        sys.exit(f"There is no stoep and stoepd in {chosen.binaries}: swift build")
    live.run(report, rules, str(chosen.binaries), chosen.seed)
print(report.told(rules.held, time.monotonic() - started))
sys.exit(1 if report.wrong else 0)
