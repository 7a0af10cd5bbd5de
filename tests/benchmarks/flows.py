"""What visitors do. Each flow answers "ok", or in a few words what was there instead."""

from tests.benchmarks import big_data

BIG, OPEN, LAST_PLACES = "big", "open", "last-places"
ITEMS = 100


def session_page(visitor):
    return _holds(visitor.get(f"/sessions/{BIG}/"), "Big class of")


def agenda_page(visitor):
    return _holds(visitor.get(f"/sessions/{BIG}/agenda/"), f"Item {ITEMS}: where accuracy comes from")


def agenda_file(visitor):
    page = visitor.get(f"/sessions/{BIG}/agenda.ics")
    events = page.text.count("BEGIN:VEVENT")
    return "ok" if (page.status, events) == (200, ITEMS) else f"{page.status}, {events} events"


def enrolment(visitor):
    """From the session's page through the form and the look at what is about to be sent to the result."""
    visitor.get(f"/sessions/{OPEN}/")
    return _enrol(visitor, OPEN)


def one_of_the_last_places(visitor):
    return _enrol(visitor, LAST_PLACES)


def admin_list(visitor):
    page = visitor.get("/admin/training/enrolment/")
    rows = page.text.count("/change/")
    return "ok" if page.status == 200 and rows >= 50 else f"{page.status}, {rows} rows"


def _enrol(visitor, slug):
    form = visitor.get(f"/sessions/{slug}/enrol/").form("identity_number")
    filled = form.filled(**_answers(visitor.number), category=form.offered["category"][0])
    about_to_be_sent = visitor.post(f"/sessions/{slug}/enrol/", filled)
    sending = about_to_be_sent.form("send_key")
    result = visitor.post(sending.action or about_to_be_sent.address, sending.values)
    arrived = result.status == 200 and result.address.startswith("/my/enrolments/")
    return "ok" if arrived else f"{result.status} at {result.address}"


def _answers(number):
    return {
        "name": f"王{number}",
        "sex": "female",
        "education": "bachelor",
        "employer": "第一机床厂（示例）",
        "post": "工艺员",
        "title_level": "intermediate",
        "identity_number": big_data.identity_number(number),
        "mobile": f"179{number:08d}",
        "arrival": "G7349次，14:20到达",
        "diet": "none",
    }


def _holds(page, words):
    return "ok" if page.status == 200 and words in page.text else f"{page.status} without “{words}”"
