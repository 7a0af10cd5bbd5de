"""One exception for everything a person can act on; each door turns it into its own form."""

from django.utils.functional import Promise


class Refused(Exception):  # noqa: N818 - the house's word: a deed is refused, nothing is broken
    """A deed is refused; the sentence says what happened and what to do next.

    `field` names the form field it belongs to, where there is one. A door shows the sentence
    as a message, a form error, a 409 or an exit code.
    """

    def __init__(self, sentence: str | Promise, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return str(self.sentence)
