"""The daemon's arrival chain and its cursor."""

from .chain import EMPTY, sha, u64
from .cbor import encode


def next_link(previous, actor, seq, hashed):
    return sha(b"stoep/1 arrival", previous, actor, u64(seq), hashed)


def cursor(position, chains):
    """The cursor at a position; `chains` has, in order, each readable log and its chain's head there."""
    return position, sha(b"stoep/1 cursor", *(encode(log) + (link or EMPTY) for log, link in chains))
