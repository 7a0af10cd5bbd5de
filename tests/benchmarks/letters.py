"""Six hundred letters to a slow mail server, while the worker that sends them is killed sixty times."""

from tests.crashes.storm import rage

LETTERS, KILLS = 600, 60


def storm():
    """What came of it in a sentence, and what is wrong with it; nothing when it went as it must."""
    outcome = rage(LETTERS, KILLS)
    wrong = [
        sentence
        for sentence, is_so in {
            f"{outcome.lost} letters were lost": outcome.lost > 0,
            f"a letter was sent {outcome.most_often} times": outcome.most_often > 2,
            f"{outcome.under_another_name} letters left under another name": outcome.under_another_name > 0,
            f"{outcome.still_waiting} letters still wait": outcome.still_waiting > 0,
        }.items()
        if is_so
    ]
    return str(outcome), wrong
