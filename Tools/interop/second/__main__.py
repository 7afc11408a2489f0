import sys

from . import specimens
from .grammar import Grammar
from .report import Report

report, rules = Report(), Grammar()
specimens.run(report, rules)
sys.exit(report.close())
