"""How a person's posts are written: in the order given, which is protocol, never sorted by the machine.

In Chinese the organisation comes first and posts in one organisation stand side by side,
工业和信息化部党组成员、副部长; in English the organisation follows, once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import get_language
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it is read: its title and the full name of the organisation, either may be blank."""

    title: str
    organisation: str


def posts_in_words(posts: Iterable[Post]) -> list[str]:
    """One line for each organisation, in the active language."""
    is_chinese = get_language() == "zh-hans"
    lines = []
    for organisation, held in groupby(posts, key=lambda post: post.organisation):
        titles = [post.title for post in held if post.title]
        if is_chinese:
            lines.append(organisation + "、".join(titles))
        else:
            lines.append(_(", ").join([*titles, organisation] if organisation else titles))
    return [line for line in lines if line]
