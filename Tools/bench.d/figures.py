"""What a bench measured: one table, one form of JSON, the same as Tools/benches/Figure.swift writes."""

import json
import operator
import os

HOLDS = {"≤": operator.le, "≥": operator.ge, "<": operator.lt}


def figure(name, value, unit, peer=None, peer_value=None, goal=None):
    """One line: ours, a peer's of the same run (None: not measured), and what is aimed at.

    A goal is ("ratio" or "value", a sign of HOLDS, bound).
    """
    ratio = value / peer_value if peer_value else None
    met = None
    if goal:
        what, sign, bound = goal
        held = ratio if what == "ratio" else value
        if held is not None:
            met = HOLDS[sign](held, bound)
        goal = f"ratio {sign} {bound:g}" if what == "ratio" else f"{sign} {bound:g} {unit}"
    return {
        "name": name, "value": value, "unit": unit, "peer": peer, "peerValue": peer_value, "ratio": ratio,
        "goal": goal, "met": met}


def number(value):
    """Enough digits to compare by: whole from a thousand on, else four that count."""
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def verdict(row):
    if row["goal"] is None:
        return ""
    if row["met"] is None:
        return "not measured"
    return "met" if row["met"] else "MISSED"


def table(rows):
    cells = [["figure", "ours", "unit", "peer's", "ratio", "goal", "", "beside"]] + [
        [row["name"], number(row["value"]), row["unit"], number(row["peerValue"]), number(row["ratio"]),
         row["goal"] or "", verdict(row), row["peer"] or ""]
        for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    numeric = (1, 3, 4)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in numeric else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in cells)


def machine(load_before):
    """Whose figures these are: absolute ones hold for this machine only."""
    model = "a processor that does not say its name"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return (
        f"{os.cpu_count()} cores ({model}); load {load_before:.2f} when it began, "
        f"{os.getloadavg()[0]:.2f} when it ended")


def write(rows, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False, indent=2)
        file.write("\n")
