"""The jobs that move letters. A job may run twice: sending looks at the letter, not at the job."""

from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue


@app.task(queue="letters", retry=RetryStrategy(max_attempts=6, exponential_wait=5))
def send_letter(letter_id: int) -> None:
    from training.mail.sending import send

    send(letter_id)


def take_out_of_the_queue(letter_ids: list[int]) -> None:
    """Forgets the jobs of these letters that nobody has begun."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s"
            " AND (args ->> 'letter_id')::bigint = ANY(%s)",
            [send_letter.name, letter_ids],
        )


def put_back_in_the_queue(letter_ids: list[int]) -> None:
    jobs: list[dict[str, JSONValue]] = [{"letter_id": letter_id} for letter_id in letter_ids]
    send_letter.batch_defer(*jobs)
