"""The client's side of a sync: what is asked, what is pushed, what is acknowledged."""

from dataclasses import dataclass, field

from . import shapes
from .chain import Replica
from .fold import View


@dataclass
class Outcome:
    requests: int = 0
    sent: int = 0
    received: int = 0
    bytes: list = field(default_factory=list)  # of each round: the request's, the answer's
    asked: list = field(default_factory=list)  # the kind of each ask
    order: bytes = None
    wanted: list = field(default_factory=list)  # what the daemon wanted


class Refusal(Exception):
    """The daemon refused a segment."""


class Session:
    """Everything that one device remembers between two syncs."""

    def __init__(self, space, transport):
        self.replica, self.transport = Replica(space), transport
        self.cursor = None
        self.there = {}  # (log, actor, branch check): the seq up to which the daemon holds it
        self.receipted = []
        self.without = set()  # points whose bodies stay here, to be asked for

    def outgoing(self):
        """A segment for each head that the daemon does not hold, the authority's first."""
        found = []
        view = View(self.replica)
        for log, heads in self.replica.frontier():
            for head in heads:
                change = self.replica.changes[log][head]
                behind = self.known(log, head)
                if behind < change.seq and change.signature:
                    found.append((not view.authority_wrote(change), log, head, behind))
        found.sort(key=lambda each: each[0])
        return [(log, head, self.replica.segment(log, head, behind, self.without)) for _, log, head, behind in found]

    def surrender(self, logs):
        """Hands in all that is held of some logs, whoever wrote it and whatever the daemon is believed to hold."""
        self.there = {place: True for place in self.there if place[0] not in logs}
        answer = self.request((shapes.NOTHING,), [each for each in self.outgoing() if each[0] in logs], [])
        if self.replica.give([each for each in answer.wanted if each[0] in logs]):
            raise AssertionError("what was handed in arrived without its bodies")
        return answer

    def known(self, log, head):
        """The seq of the last change of this chain that the daemon holds."""
        for change in reversed(self.replica.chain(log, head)):
            if (log, change.point) in self.there:
                return change.seq
        return 0

    def hidden(self):
        erased, hidden = View(self.replica).gone()
        return erased | hidden

    def receipts(self):
        """The erasures whose destruction no daemon has heard of yet."""
        return [each for each in View(self.replica).erasing() if each not in self.receipted]

    def request(self, ask, pushed, bodies):
        fresh = self.receipts()
        wanted = self.replica.missing_bodies(self.hidden())
        message = shapes.Request(1, self.replica.space, None, ask, [packed for _, _, packed in pushed], wanted, bodies,
                                 shapes.Receipts(fresh, []))
        answer = self.transport.sync(message)
        self.receipted += fresh
        self.outcome.requests += 1
        self.outcome.asked.append(ask[0])
        self.outcome.bytes.append(self.transport.bytes)
        if len(answer.results) != len(pushed):
            raise AssertionError("as many results as segments")
        for (log, head, _), result in zip(pushed, answer.results):
            if result is not None:
                raise Refusal(result)
            self.there[log, head] = True
            self.outcome.sent += 1
        return answer

    def sync(self):
        self.outcome = Outcome()
        start = self.cursor or self.beginning()
        ask = (shapes.AFTER, *start) if start else (shapes.COMPARE, self.replica.digests())
        bodies, beyond, compared = [], None, None
        pushed = self.outgoing() if start else []
        while ask is not None:
            answer = self.request(ask, pushed, bodies)
            pushed, bodies, kind = [], [], answer.answer[0]
            if kind == shapes.UNKNOWN:
                self.cursor, self.there = None, {}
                ask = (shapes.COMPARE, self.replica.digests())
                continue
            if kind == shapes.DIFFERING:
                self.compared(answer.answer[1], answer.answer[2])
                beyond, compared = answer.answer[1], answer.cursor
                pushed = self.outgoing()
            else:
                self.take(answer)
            bodies = self.replica.give(answer.wanted)
            self.outcome.wanted += answer.wanted
            if kind == shapes.DIFFERING and any(beyond) or answer.more and beyond:
                ask = (shapes.BEYOND, beyond, self.within(beyond))
                continue
            # What the comparison's cursor stands for is here now, so it may be kept.
            self.cursor, compared = compared or self.cursor, None
            if answer.more:
                ask = (shapes.AFTER, *self.cursor)
            elif bodies or pushed:
                ask = (shapes.NOTHING,)
            else:
                ask = None
        return self.outcome

    def beginning(self):
        """Where nothing is held but the roster there is nothing to compare."""
        return (0, bytes(32)) if all(log == (0,) for log, _ in self.replica.frontier()) else None

    def take(self, answer):
        for packed in answer.answer[1]:
            for change in self.replica.take(packed):
                self.outcome.received += 1
                self.there[change.log, change.point] = True
        self.replica.fill(answer.bodies)
        if answer.cursor is not None:
            self.cursor = answer.cursor
        self.outcome.order = answer.order or self.outcome.order
        View(self.replica).destroy()

    def compared(self, buckets, heads):
        """Where buckets agree the daemon holds what is held here; elsewhere its heads, and what leads there."""
        for log, mine in self.replica.frontier():
            for head in mine:
                if not has(buckets, head[0]):
                    self.there[log, head] = True
        for log, theirs in heads:
            for head in theirs:
                self.there[log, head] = True

    def within(self, buckets):
        """My heads in these buckets."""
        chosen = [(log, [head for head in heads if has(buckets, head[0])]) for log, heads in self.replica.frontier()]
        return [each for each in chosen if each[1]]


def has(buckets, actor):
    return buckets[actor[0] // 8] >> actor[0] % 8 & 1 == 1
