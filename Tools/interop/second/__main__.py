import sys
import time

from . import live, specimens
from .grammar import Grammar
from .report import Report

report, rules = Report(), Grammar()
specimens.run(report, rules)
started = time.monotonic()
if len(sys.argv) > 1:
    live.run(report, rules, sys.argv[1], seed=1)
    print(f"live: {time.monotonic() - started:.0f} s")
report.same("CDDL", "items held against it", rules.held > 0, True)
sys.exit(report.close())
