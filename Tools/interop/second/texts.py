"""Both clients edit the same texts at the same time."""

import os

from . import fold
from .chain import Author, Replica
from .client import OBSERVATION, STREET_LOG, hear, now
from .draft import Draft


class Texts:
    def concurrent_texts(self):
        """Both edit both observations at the same time, several times over."""
        for number in range(5):
            for record in (self.theirs, self.mine):
                for _ in range(self.random.randint(1, 3)):
                    state = self.me.record(record)
                    strokes = self.strokes(len(state.text(OBSERVATION)))
                    self.me.write(record, self.me.draft(state).strokes(OBSERVATION, strokes))
                before = self.laptop.show(record)["observation"]
                self.laptop("talk", "edit", record.hex(), "--observation", self.mangled(before))
            self.settle()
            for record in (self.theirs, self.mine):
                self.shown_alike(f"round {number} of edits at the same time", record)

    def crowd(self, record):
        """Eight actors edit one text and hear of each other now and then; stoep orders it all as I do."""
        actors = []
        for _ in range(8):
            replica = Replica(self.me.replica.space, {log: dict(held) for log, held in self.me.replica.changes.items()},
                              dict(self.me.replica.keys))
            actors.append(Author(replica, self.me.key, os.urandom(16), os.urandom))
        for _ in range(120):
            author = self.random.choice(actors)
            if self.random.random() < 0.8:
                hear(author.replica, self.random.choice(actors).replica)
            state = fold.View(author.replica).record(STREET_LOG, record)
            # Near the beginning, so that they meet: only what is made between the same neighbours can be interleaved.
            at = self.random.randint(0, min(3, len(state.text(OBSERVATION))))
            strokes = [(at, self.random.choice([0] * 9 + [2]), self.random.choice("abcdefghij"))]
            if self.random.random() < 0.1:
                strokes = self.strokes(len(state.text(OBSERVATION)))
            draft = Draft(author.actor, fold.CONVERSATION, state).strokes(OBSERVATION, strokes)
            author.change(STREET_LOG, now(), [(record, draft.payload())])
        for author in actors:
            hear(self.me.replica, author.replica)
        self.settle()
        self.shown_alike("a text that eight edited at once", record)

    def strokes(self, length):
        """Typing here and there, back over oneself, and over what stands there."""
        found, at = [], self.random.randint(0, length)
        for _ in range(self.random.randint(1, 12)):
            if self.random.random() < 0.3:
                at = self.random.randint(0, length)
            come = "".join(self.random.choice("abc ☃é,") for _ in range(self.random.randint(0, 4)))
            back = min(at, self.random.choice([0, 0, 1, 2, 9]))
            ahead = min(length - at, self.random.choice([0, 0, 0, 3]))
            at -= back
            found.append((at, back + ahead, come))
            at += len(come)
            length += len(come) - back - ahead
        return found

    def mangled(self, text):
        for at, gone, come in self.strokes(len(text)):
            text = text[:at] + come + text[at + gone :]
        return text.strip() or "leeg"
