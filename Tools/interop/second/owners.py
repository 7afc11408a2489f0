"""Who owns a theme: what only owners may say of it counts from nobody else, but a coordinator and the authority."""

from . import shapes
from .cbor import Refused, decode
from .chain import keyed_record

OWNERSHIP, COORDINATOR = 9, 4


def by_owner(view, part):
    """Whether a part is by the authority, a coordinator, or one to whom the roster gave the theme, as far as it did."""
    if view.verdict(part.change) == "authority":
        return True
    key = view.key_of(part.change)
    if view.role(key) == COORDINATOR:
        return True
    theme, member = part.block.record.hex(), view.member(key)[0].hex()
    granted = view.by_collection.get(OWNERSHIP, {}).get(keyed_record(OWNERSHIP, f"{theme}/{member}"))
    if granted is None or (granted.least(3) or 0) > 0:
        return granted is not None
    ends = filter(None, map(end, granted.sets.get(4, [])))
    return any(actor == part.change.actor and view.precedes(part.change, seq, check) for actor, seq, check in ends)


def end(value):
    """The point that an end is, or None where it is none."""
    try:
        return decode(value, shapes.point)
    except Refused:
        return None
