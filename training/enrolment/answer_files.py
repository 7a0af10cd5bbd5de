"""Files given as answers: outside what the web server hands out, under a name by chance.

A file is written before its row, and its row belongs to nobody but its owner until the form is
sent; what is never sent is erased after a day.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from accounts.models import User
from training.enrolment.answers import file_answer, file_in
from training.enrolment.models import AnswerFile, Enrolment
from training.enrolment.questionnaires import Questionnaire
from training.enrolment.questions import Answer, Kind
from training.tools.papers import checked, plain_name


def path_of(key: UUID) -> Path:
    return folder() / str(key)


def opened(file: AnswerFile) -> IO[bytes] | None:
    """What the file holds; None where it lies there no more."""
    try:
        return path_of(file.pk).open("rb")
    except FileNotFoundError:
        return None


def folder() -> Path:
    kept: Path = settings.VAR / "answers"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept


def keep_file(code: str, file: IO[bytes], *, name: str, size: int, by: User) -> str:
    """Keeps a file for a form that is not sent yet; returns its answer. Refused for what may not be kept."""
    paper = checked(file, size)
    key = uuid4()
    path_of(key).write_bytes(paper.content)
    shown = plain_name(name) or f"{code}.{paper.kind}"
    AnswerFile.objects.create(id=key, code=code, name=shown, kind=paper.kind, byte_count=len(paper.content), by=by)
    return file_answer(key, shown)


def is_ones_own(code: str, answer: str, *, by: User | None, enrolment: Enrolment | None) -> bool:
    """Whether an answer names a file that this person kept, or that the enrolment holds already."""
    try:
        key = UUID(file_in(answer)[0])
    except ValueError:
        return False
    file = AnswerFile.objects.filter(pk=key, code=code).first()
    if file is None or file_answer(file.pk, file.name) != answer:
        return False
    if file.enrolment_id is not None:
        return enrolment is not None and file.enrolment_id == enrolment.pk
    return by is not None and file.by_id == by.pk


def claim_files(enrolment: Enrolment, asked: Questionnaire, answers: Mapping[str, Answer]) -> None:
    """The files that the answers name belong to the enrolment from now on; those in their place before are erased.

    The caller has checked the answers.
    """
    codes = [question.code for question in asked if question.kind == Kind.FILE]
    if not codes:
        return
    keys = [file_in(str(answers[code]))[0] for code in codes if answers.get(code)]
    AnswerFile.objects.filter(pk__in=keys, enrolment=None).update(enrolment=enrolment)
    erase_files(AnswerFile.objects.filter(enrolment=enrolment, code__in=codes).exclude(pk__in=keys))


def erase_files(files: Iterable[AnswerFile]) -> int:
    """The rows now, what lies on the disk once that is certain; returns how many."""
    paths = []
    for file in files:
        paths.append(path_of(file.pk))
        file.delete()
    transaction.on_commit(partial(_unlink, paths))
    return len(paths)


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
