"""This client as a device: enrolled with an invitation, it writes, syncs, and shows."""

import os
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from . import fold, line, shapes, transport
from .chain import Author, public
from .draft import Draft
from .programs import STREET
from .session import Outcome, Session

STREET_LOG = (2, STREET)
STARTED, AREA, PLACE, CONSENT, STATUS, THEMES, WORDS, OBSERVATION = 1, 2, 3, 5, 10, 13, 14, 15


class Second:
    """This client, enrolled with an invitation."""

    def __init__(self, invitation, rules):
        self.key, self.sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        self.invitation = line.read(invitation)
        self.transport = transport.Transport(self.invitation.address, self.invitation.daemon_key, self.key, rules)
        self.session = Session(self.invitation.space, self.transport)
        self.replica = self.session.replica
        self.author = Author(self.replica, self.key, os.urandom(16), os.urandom)

    def enrol(self):
        request = shapes.EnrolRequest(1, self.invitation.space, self.invitation.secret, public(self.sealing))
        return self.transport.enrol(request)

    def sync(self):
        return self.session.sync()

    def hand_in(self):
        """Pushes what is here and asks for nothing."""
        session = self.session
        session.outcome = Outcome()
        answer = session.request((shapes.NOTHING,), session.outgoing(), [])
        session.outcome.order = answer.order
        return session.outcome

    def obey(self, order):
        """Hands in what is held of some logs, destroys it, and says so."""
        self.session.surrender(order.logs)
        for log in order.logs:
            self.replica.changes.pop(log, None)
        message = shapes.Request(1, self.replica.space, None, (shapes.NOTHING,), [], [], [],
                                 shapes.Receipts([], list(order.logs)))
        return self.transport.sync(message)

    def view(self):
        return fold.View(self.replica)

    def record(self, name):
        return self.view().record(STREET_LOG, name)

    def draft(self, state=None):
        return Draft(self.author.actor, fold.CONVERSATION, state)

    def write(self, record, draft):
        return self.author.change(STREET_LOG, now(), [(record, draft.payload())])


def hear(mine, theirs):
    for log, held in theirs.changes.items():
        mine.changes.setdefault(log, {}).update(held)
    mine.keys.update(theirs.keys)


def now():
    return time.time_ns() // 1_000_000
