"""What happens by itself: offers lapse, letters leave when they are due, lost jobs are taken up.

Every task may run twice or late without harm: it asks the rows what is due, not the hour.
"""

from dataclasses import asdict
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from accounts.forgetting import forget_what_is_over
from training.enrolment.erasing import erase_answers_over_time, erase_files_never_sent
from training.enrolment.future_letters import keep_letters_in_step, sessions_with_letters_to_come
from training.enrolment.lifecycle import lapse
from training.enrolment.models import Enrolment
from training.enrolment.planning import offer_what_became_free, sessions_whose_lists_closed
from training.enrolment.quotas import return_unused, sessions_with_quotas_to_return
from training.intake.keeping import erase_what_is_over
from training.mail.planned import Kept
from training.mail.sending import send_what_was_left_behind
from training.management.fixtures.sample import keep_the_sample_open
from training.rosters.making import erase_old_files
from training.tools.refusals import Refused

log = structlog.get_logger(__name__)
SECONDS_WITHOUT_A_HEARTBEAT = 60
HOURS_TO_KEEP_DONE_JOBS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="lapse_overdue_offers")
def lapse_overdue_offers(timestamp: int) -> None:
    """Every minute, at night, too: one transaction per offer, so one that cannot lapse holds up nobody."""
    for enrolment in Enrolment.objects.overdue(timezone.now()).order_by("offer_expires_at"):
        try:
            lapsed = lapse(enrolment)
        except (Refused, DatabaseError) as error:  # asked again in a minute; its words may hold a person's data
            log.error("offer_not_lapsed", enrolment=enrolment.reference, error=type(error).__name__)
            continue
        if lapsed:
            log.info("offer_lapsed", enrolment=enrolment.reference)


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="keep_future_letters_in_step")
def keep_future_letters_in_step(timestamp: int) -> None:
    """Every minute, at night, too: plans what the calendar asks for, and lets go what is due."""
    for session_id in sessions_with_letters_to_come(timezone.localdate()):
        kept = keep_letters_in_step(session_id)
        if kept != Kept():
            log.info("letters_kept_in_step", session=session_id, **asdict(kept))


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="offer_places_to_reserves")
def offer_places_to_reserves(timestamp: int) -> None:
    """Once the bodies' lists are closed, reserves are offered what is still free."""
    for session in sessions_whose_lists_closed(timezone.now()):
        count = offer_what_became_free(session)
        if count:
            log.info("reserves_offered", session=session.slug, count=count)


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="send_letters_left_behind")
def send_letters_left_behind(timestamp: int) -> None:
    count = send_what_was_left_behind()
    if count:
        log.warning("letters_sent_again", count=count)


@app.periodic(cron="*/2 * * * *")
@app.task(queue="clock", queueing_lock="take_up_lost_jobs", pass_context=True)
async def take_up_lost_jobs(context: JobContext, /, timestamp: int, **_more: Any) -> None:
    """Jobs whose worker was killed go back into the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SECONDS_WITHOUT_A_HEARTBEAT):
        await manager.retry_job(job)
        log.warning("job_taken_up", task=job.task_name)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="clock", queueing_lock="erase_old_rosters")
def erase_old_rosters(timestamp: int) -> None:
    """Files of rosters lie a day; the records of who took them stay."""
    count = erase_old_files(timezone.now())
    if count:
        log.info("rosters_erased", count=count)


@app.periodic(cron="27 2 * * *")
@app.task(queue="clock", queueing_lock="erase_old_lists")
def erase_old_lists(timestamp: int) -> None:
    """Lists of people that bodies sent are erased when their session no longer keeps them."""
    count = erase_what_is_over(timezone.now())
    if count:
        log.info("lists_erased", count=count)


@app.periodic(cron="23 3 * * *")
@app.task(queue="clock", queueing_lock="erase_answers")
def erase_answers(timestamp: int) -> None:
    """Answers whose time to be kept is over, and files of forms that nobody sent."""
    count = erase_answers_over_time(timezone.now())
    if count:
        log.info("answers_erased", enrolments=count)
    files = erase_files_never_sent(timezone.now())
    if files:
        log.info("unsent_files_erased", count=files)


@app.periodic(cron="5 4 * * *")
@app.task(queue="clock", queueing_lock="keep_the_sample_class_open")
def keep_the_sample_class_open(timestamp: int) -> None:
    """A demo that runs for weeks; one that is started anew has moved its class before."""
    if settings.DEMO and keep_the_sample_open(timezone.localdate()):
        log.info("sample_class_moved")


@app.periodic(cron="17 3 * * *")
@app.task(queue="clock", queueing_lock="forget_done_jobs", pass_context=True)
async def forget_done_jobs(context: JobContext, /, timestamp: int, **_more: Any) -> None:
    await context.app.job_manager.delete_old_jobs(nb_hours=HOURS_TO_KEEP_DONE_JOBS)


@app.periodic(cron="47 * * * *")
@app.task(queue="clock", queueing_lock="forget_what_accounts_leave_behind")
def forget_what_accounts_leave_behind(timestamp: int) -> None:
    """Counts of tries and web sessions that are over, and accounts that were never confirmed."""
    count = forget_what_is_over(timezone.now())
    if count:
        log.info("forgotten", count=count)


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="return_unused_quotas")
def return_unused_quotas(timestamp: int) -> None:
    """On the date that the organiser set, one transaction per session; what is free then goes to the line."""
    now = timezone.now()
    for session in sessions_with_quotas_to_return(now):
        log.info("quotas_returned", session=session.slug, count=return_unused(session, at=now))
