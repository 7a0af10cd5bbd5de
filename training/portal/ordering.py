"""The order of a list as somebody sent it: by numbers typed beside the people, or one step up or down."""

from collections.abc import Sequence

from django.http import QueryDict

BEHIND_ALL = 1_000_000  # no list is that long


def order_as_sent(sent: QueryDict, references: Sequence[str]) -> list[str]:
    """The references by the numbers in `rank-…`, then moved by `up` or `down`.

    A number that was changed is the place where its person comes to stand, and the others close
    up. Whoever has no number, or something else instead, comes behind in the order of before.
    """
    typed = {reference: _number(sent.get(f"rank-{reference}", "")) for reference in references}
    moved = [one for place, one in enumerate(references, 1) if typed[one] != place]
    order = [one for one in references if one not in moved]
    for one in sorted(moved, key=lambda one: typed[one]):
        order.insert(max(typed[one] - 1, 0), one)
    for step, stepping in ((-1, sent.get("up")), (1, sent.get("down"))):
        if stepping in order:
            here = order.index(stepping)
            there = min(max(here + step, 0), len(order) - 1)
            order[here], order[there] = order[there], order[here]
    return order


def _number(typed: str) -> int:
    typed = typed.strip()
    return int(typed) if typed.isdecimal() and len(typed) < 6 else BEHIND_ALL
