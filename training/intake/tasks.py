"""The jobs that read and take lists. Both may run twice: they look at the intake, not at the job."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.task(queue="intakes", retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def read_intake(intake_id: int) -> None:
    from training.intake.receiving import read_files

    read_files(intake_id)


@app.task(queue="intakes", retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def take_intake(intake_id: int) -> None:
    from training.intake.taking import take_rows

    take_rows(intake_id)
