"""What somebody typed while not signed in: kept, sealed, in the web session until the sign-in is done.

So an application is not lost when a sign-in has run out before it was sent.
"""

import json

from django.http import HttpRequest, QueryDict

from training.tools.sealing import SealBroken, seal, unseal

PLACE = "unsent application"
LONGEST = 100_000  # characters; no honest form comes near


def keep_for_later(request: HttpRequest, slug: str, form: QueryDict) -> None:
    """Keeps the form that was sent for the session `slug`; an absurdly long one is let go."""
    typed = {name: form.getlist(name) for name in form if name != "csrfmiddlewaretoken"}
    text = json.dumps([slug, typed])
    if len(text) <= LONGEST:
        request.session[PLACE] = seal(text)


def take_back(request: HttpRequest, slug: str) -> QueryDict | None:
    """What was kept for this session, once; None when there is nothing or it was kept for another one."""
    sealed = request.session.get(PLACE)
    if sealed is None:
        return None
    try:
        kept_for, typed = json.loads(unseal(sealed))
    except (SealBroken, ValueError):
        del request.session[PLACE]
        return None
    if kept_for != slug:
        return None
    del request.session[PLACE]
    form = QueryDict(mutable=True)
    for name, values in typed.items():
        form.setlist(name, values)
    return form
