"""What is wrong with a segment, a request or a connection is refused, by the names of the text."""

import http.client
import ssl

from . import limits, line, shapes, transport
from .cbor import Refused, decode, encode
from .chain import public
from .client import STREET_LOG


class Wrongs:
    def refusals(self):
        """What is wrong with a segment is told by the same name that I find."""
        whole = self.me.replica
        head = next(point for point in whole.heads(STREET_LOG) if point[0] == self.me.author.actor)
        value = whole.columns(STREET_LOG, head)
        spoilt = {
            "signature": value._replace(signature=bytes(64)),
            "an actor": value._replace(actor=bytes(16)),
            "a base": value._replace(base=bytes(8)),
            "a lamport": value._replace(lamports=[value.lamports[0], -2, *value.lamports[2:]]),
            "a time": value._replace(times=[-1, *value.times[1:]]),
            "a late time": value._replace(times=[limits.TIME, 1, *value.times[2:]]),
            "a high lamport": value._replace(lamports=[limits.COUNTER, 0, *value.lamports[2:]]),
            "no changes": value._replace(lamports=[], times=[], blocks=[], backs=[], salts=b""),
            "no blocks": value._replace(blocks=[[], *value.blocks[1:]]),
            "lamport 0": value._replace(lamports=[0, *value.lamports[1:]]),
            "salts": value._replace(salts=value.salts[:-1]),
            "backs": value._replace(backs=value.backs[:-1]),
            "a column": value._replace(lamports=value.lamports[:-1]),
            "a gap": value._replace(first=1000, birth=None, base=bytes(8)),
            "another branch": whole.columns(STREET_LOG, head, 1)._replace(base=bytes(8)),
            "seq 0": value._replace(first=0, birth=None, base=bytes(8)),
            "version 2": value._replace(version=2),
            "no birth": value._replace(birth=None),
        }
        for name, each in spoilt.items():
            packed = shapes.deflate(encode(shapes.written_segment(each)))
            self.same("refused: " + name, self.my_refusal(packed), self.their_refusal(packed))
        for name, packed in {
            "more than declared": shapes.deflate(b"\x80" * 100)._replace(length=50),
            "less than declared": shapes.deflate(b"\x80" * 100)._replace(length=150),
            "behind the stream": shapes.Packed(1, shapes.deflate(b"\x80").stream + b"x"),
            "not a stream": shapes.Packed(3, b"abc"),
        }.items():
            self.same("refused: " + name, self.my_refusal(packed), self.their_refusal(packed))

    def requests(self):
        """Requests that are wrong as a whole, and connections that are no TLS 1.3 with a key on both sides."""
        good = shapes.Request(1, self.me.replica.space, None, (shapes.NOTHING,), [], [], [], shapes.Receipts([], []))
        other = (2, "BU05990536")
        self.answered("another's log", "/v1/sync", encode(good._replace(scope=[other])), 403, "log-not-readable",
                      "street/BU05990536")
        for name, data in {
            "cut": encode(good)[:-1], "behind": encode(good) + b"\0", "empty": b"",
            "logs out of order": encode(good._replace(scope=[(1,), (0,)])),
            "ask 9": encode(good._replace(ask=(9,))),
        }.items():
            self.answered(name, "/v1/sync", data, 400, "request-malformed")
        self.answered("version 2", "/v1/sync", encode(good._replace(version=2)), 400, "unknown-version")
        self.answered("another space", "/v1/sync", encode(good._replace(space=bytes(32))), 404, "space-unknown")
        self.answered("another path", "/v1/nothing", encode(good), 404, "not-found")
        invited = line.read(self.programs.invite("Fatima"))
        again = shapes.EnrolRequest(1, invited.space, invited.secret, public(self.me.sealing))
        self.answered("another invitation", "/v1/enrol", encode(again), 409, "device-known")
        for ask in ((shapes.AFTER, 0, b"\1" * 32), (shapes.AFTER, limits.COUNTER, bytes(32))):
            answer = self.me.transport.sync(good._replace(ask=ask))
            self.same(f"a cursor at {ask[1]} that is none", answer.answer, (shapes.UNKNOWN,))
        for name, settings in (("TLS 1.2", self.older()), ("no key of mine", self.keyless())):
            stranger = transport.Transport(self.programs.address, self.me.invitation.daemon_key, self.me.key, self.rules)
            stranger.context = settings
            try:
                stranger.sync(good)
                self.report.fail("live", f"{name}: not refused")
            except (OSError, http.client.HTTPException):
                self.true(name, True)
            stranger.close()

    def older(self):
        settings = transport.context(self.me.key)
        settings.minimum_version = settings.maximum_version = ssl.TLSVersion.TLSv1_2
        return settings

    @staticmethod
    def keyless():
        settings = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        settings.check_hostname, settings.verify_mode = False, ssl.CERT_NONE
        return settings

    def answered(self, name, path, data, status, wanted, detail=""):
        told, kind, content = self.me.transport.exchange("POST", path, data)
        self.rules.hold(content, "error-message")
        error = decode(content, shapes.error_message)
        self.same(name, (told, kind, error.name, error.detail), (status, "application/cbor", wanted, detail))

    def my_refusal(self, packed):
        try:
            self.me.replica.take(packed)
        except Refused as error:
            return error.name
        return None

    def their_refusal(self, packed):
        session = self.me.session
        message = shapes.Request(1, session.replica.space, None, (shapes.NOTHING,), [packed], [], [],
                                 shapes.Receipts([], []))
        return session.transport.sync(message).results[0]
