"""The job that makes a big roster. It may run twice: making looks at the order, not at the job."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.task(queue="rosters", retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def make_roster(order_id: int) -> None:
    from training.rosters.making import make

    make(order_id)
