from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from training.mail.querysets import LetterQuerySet
from training.tools.bilingual import InReadersLanguage


class LetterTemplate(models.Model):
    """The wording of one kind of letter: a delivered one that was adapted, or one of our own.

    Without a row the wording in `training/fixtures/letters/` serves. Placeholders are written
    `{{ name }}` and come from the fixed list in `training/mail/wording.py`. A wording without a
    programme is the whole house's; one with a programme goes before it.
    """

    code = models.SlugField(_("code"), max_length=60)
    programme = models.ForeignKey(
        "training.Programme",  # by its name: nothing is imported, and only the key is ever looked at here
        verbose_name=_("programme"),
        on_delete=models.CASCADE,  # a wording is a part of its programme; the letters written by it stay
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave empty for a wording of the whole house."),
    )
    title_en = models.CharField(_("what it is for (English)"), max_length=120, blank=True)
    title_zh = models.CharField(_("what it is for (Chinese)"), max_length=60, blank=True)
    subject_en = models.CharField(_("subject (English)"), max_length=200, blank=True)
    subject_zh = models.CharField(_("subject (Chinese)"), max_length=200, blank=True)
    text_en = models.TextField(_("text (English)"), max_length=10_000, blank=True)
    text_zh = models.TextField(_("text (Chinese)"), max_length=10_000, blank=True)

    title = InReadersLanguage("title")
    subject = InReadersLanguage("subject")
    text = InReadersLanguage("text")

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ("code", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "programme"],
                name="one_wording_per_letter_and_programme",
                nulls_distinct=False,
                violation_error_message=_("This letter has its own wording here already; change that one."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.code


class Letter(models.Model):
    """One letter to one address. What was sent stays as proof, but for answers that were erased since."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned for later")
        WAITING = "waiting", _("waiting to be sent")
        HELD = "held", _("held back")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")
        CANCELLED = "cancelled", _("cancelled")
        DROPPED = "dropped", _("no longer due")

    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    template = models.SlugField(_("template"))
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    about = models.CharField(
        _("about"), max_length=40, blank=True, help_text=_("The reference of the enrolment that the letter speaks of.")
    )
    due_at = models.DateTimeField(
        _("leaves at"), null=True, blank=True, help_text=_("Empty for a letter that leaves at once.")
    )
    series = models.CharField(max_length=60, blank=True, default="", editable=False)
    occasion = models.CharField(
        max_length=160,
        blank=True,
        default="",
        editable=False,
        help_text=_("Why it is written, for whom and for which date: the same letter is never written twice."),
    )
    made_from = models.CharField(max_length=64, blank=True, default="", editable=False)
    is_reworded = models.BooleanField(_("reworded by hand"), default=False, editable=False)
    # The answers that the text says, see `training/mail/quoting.py`; null where it is older than this is noted.
    quotes = models.JSONField(null=True, blank=True, default=dict, editable=False)
    is_secret = models.BooleanField(
        _("holds a secret"), default=False, help_text=_("The text of a letter with a code is erased once it is sent.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    message_id = models.CharField(_("Message-ID"), max_length=100, unique=True)
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("caused by"),
        on_delete=models.SET_NULL,  # the proof outlives the account
        null=True,
        blank=True,
        related_name="+",
    )
    leased_until = models.DateTimeField(
        _("being sent until"), null=True, blank=True, help_text=_("A worker that dies loses its lease; another sends.")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(pgettext_lazy("when", "sent"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects: ClassVar = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ("-written_at", "-pk")
        indexes = [
            models.Index(fields=["about"], name="letters_by_subject"),
            models.Index(fields=["written_at"], condition=models.Q(state="waiting"), name="letters_waiting"),
            models.Index(
                fields=["series"],
                condition=~models.Q(series=""),
                opclasses=["varchar_pattern_ops"],
                name="letters_of_a_series",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="sent_letter_has_its_time",
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                violation_error_message=_("A letter has a time of sending once it is sent, and only then."),
            ),
            models.UniqueConstraint(
                fields=["occasion"],
                condition=~models.Q(occasion=""),
                name="one_letter_per_occasion",
                violation_error_message=_("This letter is written already."),
            ),
            models.CheckConstraint(
                name="planned_letter_has_its_time",
                condition=~models.Q(state="planned") | models.Q(due_at__isnull=False),
                violation_error_message=_("A planned letter says when it leaves."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject
