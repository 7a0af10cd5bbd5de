"""The jobs that move letters. A job may run twice: sending looks at the letter, not at the job."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue


@app.task(queue="letters", retry=RetryStrategy(max_attempts=6, exponential_wait=5))
def send_letter(letter_id: int) -> None:
    from training.mail.sending import send

    send(letter_id)


def put_back_in_the_queue(letter_ids: list[int]) -> None:
    jobs: list[dict[str, JSONValue]] = [{"letter_id": letter_id} for letter_id in letter_ids]
    send_letter.batch_defer(*jobs)
