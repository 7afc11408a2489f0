"""Edits of texts: the columns of operation 4, read strictly and written.

A run is (left, right, length); an anchor is None for the start or the end of the text, (SELF, number) for an element of
this edit, or (entry, offset). Removals are {SELF or entry: [(first, behind)]}.
"""

from collections import namedtuple

from . import limits
from .cbor import Refused

SELF = -1
TOP = 2**32
Run = namedtuple("Run", "left right length")
Edit = namedtuple("Edit", "runs removals")
START = END = None


class Numbers:
    """LEB128 numbers, shortest form, below 2^42; what is not there is 0."""

    def __init__(self, data):
        self.numbers = []
        number = shift = 0
        for position, byte in enumerate(data):
            number |= (byte & 127) << shift
            if number >= 1 << 42 or shift > 42:
                raise Refused("malformed", "a number beyond 42 bits")
            if byte & 128:
                shift += 7
                continue
            if shift and byte == 0:
                raise Refused("malformed", "a number longer than need be")
            self.numbers.append(number)
            number = shift = 0
        if data and data[-1] & 128:
            raise Refused("malformed", "a number that ends early")
        if self.numbers and self.numbers[-1] == 0:
            raise Refused("malformed", "a zero at the end")
        self.at = 0

    def next(self):
        self.at += 1
        return self.numbers[self.at - 1] if self.at <= len(self.numbers) else 0


def written(numbers):
    while numbers and numbers[-1] == 0:
        numbers.pop()
    out = bytearray()
    for number in numbers:
        while number > 127:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)
    return bytes(out)


def zigzag(difference):
    return 2 * difference if difference >= 0 else -2 * difference - 1


def unzigzag(base, number):
    value = base + (number >> 1 if number & 1 == 0 else -(number + 1 >> 1))
    return within(value)


def within(value):
    if not 0 <= value < TOP:
        raise Refused("malformed", "an offset beyond 32 bits")
    return value


class Prediction:
    """What the runs before say of the next one's right anchor."""

    def __init__(self):
        self.first_of = {}  # a left anchor: the first element of the latest run that has it
        self.right_at_end = {}  # the last element of a run: that run's right anchor
        self.latest = None

    def obvious(self, left):
        """Whether there is an obvious right anchor, and it."""
        if left in self.first_of:
            return True, (SELF, self.first_of[left])
        if left is START:
            return True, END
        if left in self.right_at_end:
            return True, self.right_at_end[left]
        if left[1] + 1 < TOP:
            return True, (left[0], left[1] + 1)
        return False, None

    def add(self, run, first):
        if self.latest is not None and run.left == self.latest[0] and run.right == self.latest[1]:
            raise Refused("malformed", "a run that only goes on")
        self.first_of[run.left] = first
        self.latest = (SELF, first + run.length - 1), run.right
        self.right_at_end[self.latest[0]] = run.right


def read(data, scalars, entries):
    """The edit that `data` says, for a text of so many scalars and a table of so many entries."""
    numbers = Numbers(data)
    runs, corrections = read_runs(numbers, scalars, entries) if scalars else ([], set())
    removals, total = {}, 0
    for entry in [SELF] + list(range(entries)):
        count = numbers.next()
        total += count
        if total > limits.LIST:
            raise Refused("too-large", "ranges")
        ranges, at = [], 0
        for index in range(count):
            first = at + numbers.next() + (1 if index else 0)
            at = first + numbers.next() + 1
            if at > (scalars if entry == SELF else TOP):
                raise Refused("malformed", "a range that leads out")
            ranges.append((first, at))
        if entry == SELF:
            ranges = difference(ranges, corrections)
        if ranges:
            removals[entry] = ranges
    if numbers.at < len(numbers.numbers):
        raise Refused("malformed", "numbers behind the last column")
    return Edit(runs, removals)


def read_runs(numbers, scalars, entries):
    count = numbers.next() + 1
    if count > scalars:
        raise Refused("malformed", "more runs than scalars")
    if count > limits.LIST:
        raise Refused("too-large", "runs")
    kinds = []
    for _ in range(count):
        number = numbers.next()
        if number >> 1 > 1 + entries:
            raise Refused("malformed", "an entry beyond the table")
        kinds.append((number >> 1, number & 1))
    lengths = [numbers.next() + 1 for _ in range(count - 1)]
    lengths.append(scalars - sum(lengths))
    if lengths[-1] < 1:
        raise Refused("malformed", "a last run of nothing")
    firsts = running(lengths)
    lefts, spoken, last = [], [], {}
    for (kind, _), first in zip(kinds, firsts):
        number = numbers.next() if kind else 0
        spoken.append(number)
        if kind == 0:
            lefts.append(START)
        elif kind == 1:
            lefts.append(made(first, number))
        else:
            entry = kind - 2
            last[entry] = unzigzag(last[entry], number) if entry in last else within(number)
            lefts.append((entry, last[entry]))
    prediction, runs, corrections = Prediction(), [], set()
    for (kind, spelt), first, length, left, number in zip(kinds, firsts, lengths, lefts, spoken):
        known, obvious = prediction.obvious(left)
        if spelt:
            right = read_right(numbers, first, left, entries)
            if known and right == obvious:
                raise Refused("malformed", "an obvious anchor spelt out")
        elif not known:
            raise Refused("malformed", "no obvious anchor")
        else:
            right = obvious
        run = Run(left, right, length)
        prediction.add(run, first)
        runs.append(run)
        corrections |= corrected(run, obvious if known else None, known, first, number)
    return runs, corrections


def running(lengths):
    firsts, at = [], 0
    for length in lengths:
        firsts.append(at)
        at += length
    return firsts


def corrected(run, obvious, known, first, number):
    """The elements that typing over oneself removes."""
    if known and run.right == obvious and run.left is not START and run.left[0] == SELF and 1 <= number <= 8:
        return set(range(first - number, first))
    return set()


def made(first, number):
    if first - 1 - number < 0:
        raise Refused("malformed", "an anchor before this edit")
    return SELF, first - 1 - number


def read_right(numbers, first, left, entries):
    kind = numbers.next()
    if kind == 0:
        return END
    if kind == 1:
        return made(first, numbers.next())
    if kind > 1 + entries:
        raise Refused("malformed", "an entry beyond the table")
    entry = kind - 2
    if left is not START and left[0] == entry:
        return entry, unzigzag(left[1], numbers.next())
    return entry, within(numbers.next())


def difference(ranges, corrections):
    """The fewest ranges of what is in one of both and not in the other."""
    elements = {number for first, behind in ranges for number in range(first, behind)} ^ corrections
    return fewest(elements)


def fewest(elements):
    ranges = []
    for number in sorted(elements):
        if ranges and ranges[-1][1] == number:
            ranges[-1] = (ranges[-1][0], number + 1)
        else:
            ranges.append((number, number + 1))
    return ranges


def write(edit, entries):
    """The columns of an edit, for a table of so many entries."""
    firsts = running([run.length for run in edit.runs])
    prediction, corrections = Prediction(), set()
    kinds, places, rights, last = [], [], [], {}
    for run, first in zip(edit.runs, firsts):
        known, obvious = prediction.obvious(run.left)
        spelt = not known or run.right != obvious
        number = 0
        if run.left is START:
            kinds.append(int(spelt))
        else:
            entry, offset = run.left
            kinds.append(2 * (1 if entry == SELF else 2 + entry) + int(spelt))
            if entry == SELF:
                number = first - 1 - offset
            else:
                number = zigzag(offset - last[entry]) if entry in last else offset
                last[entry] = offset
            places.append(number)
        if spelt:
            rights += written_right(run, first)
        corrections |= corrected(run, obvious, known, first, number)
        prediction.add(run, first)
    numbers = []
    if edit.runs:
        numbers = [len(edit.runs) - 1] + kinds + [run.length - 1 for run in edit.runs[:-1]] + places + rights
    for entry in [SELF] + list(range(entries)):
        ranges = edit.removals.get(entry, [])
        if entry == SELF:
            ranges = difference(ranges, corrections)
        numbers.append(len(ranges))
        at = 0
        for index, (first, behind) in enumerate(ranges):
            numbers += [first - at - (1 if index else 0), behind - first - 1]
            at = behind
    return written(numbers)


def written_right(run, first):
    if run.right is END:
        return [0]
    entry, offset = run.right
    if entry == SELF:
        return [1, first - 1 - offset]
    if run.left is not START and run.left[0] == entry:
        return [2 + entry, zigzag(offset - run.left[1])]
    return [2 + entry, offset]
