"""What an author writes about a record: the table, and edits of texts against the text that is held."""

import difflib

from . import columns, payload
from .columns import SELF, Run


class Table:
    """The changes that a payload names: the author's own by seq, others by point."""

    def __init__(self, actor):
        self.actor, self.entries = actor, []

    def reference(self, name):
        entry = name[1] if name[0] == self.actor else name[:3]
        if entry not in self.entries:
            self.entries.append(entry)
        return self.entries.index(entry), name[3]


class TextEdit:
    """One edit of one text: runs in the order in which they are made, elements that go."""

    def __init__(self, text, table):
        self.table, self.text, self.runs, self.removed = table, "", [], set()
        self.order = [(element.name, text.visible(element)) for element in text.order()] if text else []

    def shown(self):
        return [index for index, (_, visible) in enumerate(self.order) if visible]

    def insert(self, position, scalars):
        if not scalars:
            return
        shown = self.shown()
        at = shown[position - 1] + 1 if position else 0
        left = self.order[at - 1][0] if position else None
        right = self.order[at][0] if at < len(self.order) else None
        first = len(self.text)
        names = [(SELF, first + index) for index in range(len(scalars))]
        self.order[at:at] = [(name, True) for name in names]
        self.text += scalars
        if self.runs and self.goes_on(left, right, first):
            self.runs[-1] = self.runs[-1]._replace(length=self.runs[-1].length + len(scalars))
        else:
            self.runs.append(Run(left, right, len(scalars)))

    def goes_on(self, left, right, first):
        return left == (SELF, first - 1) and right == self.runs[-1].right

    def delete(self, position, count):
        for index in self.shown()[position : position + count]:
            name = self.order[index][0]
            self.removed.add(name)
            self.order[index] = (name, False)

    def become(self, held, wanted):
        """Edits to what is wanted, with as little as difflib finds; the later places first."""
        before = held.string() if held else ""
        for kind, a, b, c, d in reversed(difflib.SequenceMatcher(None, before, wanted, False).get_opcodes()):
            if kind != "equal":
                self.delete(a, b - a)
                self.insert(a, wanted[c:d])

    def operation(self, field):
        """The operation; every name is put in the table, so this comes before the payload is written."""
        def anchor(name):
            return name if name is None or name[0] == SELF else self.table.reference(name)
        runs = [Run(anchor(run.left), anchor(run.right), run.length) for run in self.runs]
        elements = {}
        for name in self.removed:
            entry, offset = name if name[0] == SELF else self.table.reference(name)
            elements.setdefault(entry, set()).add(offset)
        removals = {entry: columns.fewest(numbers) for entry, numbers in elements.items()}
        return payload.Edit(payload.EDIT, field, columns.Edit(runs, removals), self.text)


class Draft:
    """A payload in the making, about a record of a collection; `state` is the record as its author sees it."""

    def __init__(self, actor, collection, state=None, key=None):
        self.table, self.collection, self.state, self.key = Table(actor), collection, state, key
        self.operations = []

    def write(self, field, value):
        names = self.state.names.get((field, None), []) if self.state else []
        overwrites = [self.table.reference(name) for name in names]
        self.operations.append(payload.Write(payload.WRITE, field, value, overwrites))
        return self

    def add(self, field, value):
        self.operations.append(payload.Add(payload.ADD, field, value))
        return self

    def remove(self, field, value):
        elements = [self.table.reference(name) for name in self.state.names[field, value]]
        self.operations.append(payload.Remove(payload.REMOVE, field, elements))
        return self

    def text(self, field, wanted):
        held = self.state.texts.get(field) if self.state else None
        edit = TextEdit(held, self.table)
        edit.become(held, wanted)
        self.operations.append(edit.operation(field))
        return self

    def strokes(self, field, strokes):
        """One edit made of many strokes, each (position, how many go, what comes) in the text as it is by then."""
        edit = TextEdit(self.state.texts.get(field), self.table)
        for position, gone, come in strokes:
            edit.delete(position, gone)
            edit.insert(position, come)
        self.operations.append(edit.operation(field))
        return self

    def erase(self, successor=None):
        self.operations.append(payload.Erase(payload.ERASE, successor))
        return self

    def payload(self):
        return payload.write(payload.Payload(self.collection, self.key, self.table.entries, self.operations))

