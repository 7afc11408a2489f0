"""Checks of bundles: the worked example, a round trip, and files that somebody has been at."""

import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from . import bundle, grammar, line, shapes
from .bundle import Piece
from .cbor import Refused, decode, encode
from .chain import Author, Replica, public, space_of
from .draft import Draft

TOPIC = "bundles"


def example(report, found):
    """The worked example: opened with the reader's key, its piece sealed anew."""
    if "before the manifest" not in found:
        print("bundles: Protocol/README.md has no example of one")
        return

    def data(name):
        return bytes.fromhex(found[name])

    reader = X25519PrivateKey.from_private_bytes(bytes(range(0xB0, 0xD0)))
    report.same(TOPIC, "reader's key", public(reader), data("reader's key"))
    file = data("before the manifest") + data("manifest") + data("piece, sealed")
    value, _ = bundle.parts(file)
    report.same(TOPIC, "manifest", encode(value), data("manifest"))
    (opened, plain), = bundle.read(file, value.space, reader)
    report.same(TOPIC, "piece", plain, data("piece"))
    report.same(TOPIC, "piece written again", encode(opened), plain)
    key = bundle.content_key(value.logs[0], 0, value.space, reader)
    report.same(TOPIC, "content key", key, bytes(range(0xD0, 0xF0)))
    report.same(TOPIC, "piece, sealed", bundle.sealed_piece_of(key, value.space, 0, 0, plain), data("piece, sealed"))
    replica = Replica(value.space)
    report.same(TOPIC, "its segments", bundle.apply([(opened, plain)], replica), [None])
    held = decode(data("segment"), shapes.segment)
    report.same(TOPIC, "what it brings", [each[2] for each in replica.heads(held.log)],
                [bytes.fromhex(found["h(2)"])[:8]])
    frontier = line.read_frontier(found["frontier line"])
    report.same(TOPIC, "frontier line", line.write_frontier(frontier), found["frontier line"])


def refusal(call, *arguments):
    try:
        call(*arguments)
    except Refused as error:
        return error.name
    return None


def round_trip(report, rules):
    """What one writes the other reads, and nobody else; and whatever is changed is noticed."""
    space = space_of(os.urandom(32))
    mine = Replica(space)
    author = Author(mine, Ed25519PrivateKey.generate(), os.urandom(16), os.urandom)
    for log in ((1,), (2, "a"), (2, "b")):
        for number in range(3):
            author.change(log, number, [(None, Draft(author.actor, 32).text(15, f"Nummer {number}").payload())])
    one, other, nobody = (X25519PrivateKey.generate() for _ in range(3))
    file = bundle.made(space, 1, mine, lambda log: [public(one), public(other)] if log == (2, "a") else [public(one)])
    start = len(bundle.START) + 4
    rules.hold(file[start : start + int.from_bytes(file[len(bundle.START) : start], "big")], "manifest")
    for name, reader, logs in (("all of it", one, [(1,), (2, "a"), (2, "b")]), ("one log", other, [(2, "a")])):
        theirs = Replica(space)
        opened = bundle.read(file, space, reader)
        for _, plain in opened:
            rules.hold(plain, "piece")
        report.same(TOPIC, name, bundle.apply(opened, theirs) + bundle.apply(opened, theirs), [None] * 2 * len(logs))
        wanted = [each for each in mine.frontier() if each[0] in logs]
        report.same(TOPIC, name + ": frontier", theirs.frontier(), wanted)
    report.same(TOPIC, "for nobody", refusal(bundle.read, file, space, nobody), "bundle-nothing-for-you")
    report.same(TOPIC, "another space", refusal(bundle.read, file, bytes(32), one), "bundle-of-another-space")
    report.same(TOPIC, "a later version", refusal(bundle.read, b"stoep/2" + file[7:], space, one), "bundle-version")
    report.same(TOPIC, "something behind", refusal(bundle.read, file + b"\0", space, one), "bundle-damaged")
    # Nobody vouches for the manifest as a whole: a bit there may hide a log from a reader, but alters nothing.
    whole = bundle.read(file, space, one)
    for at in range(0, len(file), 11):
        spoilt = flipped(file, at)
        same = refusal(bundle.read, spoilt, space, one) or all(
            each in whole for each in bundle.read(spoilt, space, one))
        report.true(TOPIC, f"a bit is flipped at {at}", same)
    wrong = [(Piece((1,), [mine.segment((2, "a"), mine.heads((2, "a"))[0])]), b"")]
    report.same(TOPIC, "a segment of another log", bundle.apply(wrong, Replica(space)), ["log-mismatch"])


def flipped(file, at):
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]


def run(report, rules):
    example(report, grammar.examples())
    if rules.knows("manifest"):
        round_trip(report, rules)
