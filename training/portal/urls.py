"""Addresses are nouns, deeds come last; a session is known by its slug, an enrolment by its reference."""

from django.urls import path
from django.views.decorators.cache import never_cache

from training.portal.views.agendas import agenda, agenda_file
from training.portal.views.display import display
from training.portal.views.enrolling import enrol, send
from training.portal.views.enrolments import accept, change_enrolment, my_enrolment, my_enrolments, withdraw_enrolment
from training.portal.views.forms import answer_file, answer_form, consents
from training.portal.views.home import home
from training.portal.views.intakes import (
    intake,
    intake_form,
    intake_row,
    intake_sheet,
    nomination_intake,
    take_back_intake,
    take_intake,
)
from training.portal.views.invitations import accept_invitation, nominator_invitation
from training.portal.views.letters import demo_letters
from training.portal.views.my_nominations import my_nomination, refuse_nomination
from training.portal.views.nominations import (
    enter_nominee,
    give_places_on,
    nominations,
    nominations_page,
    rank_nominees,
    send_nominees,
)
from training.portal.views.nominees import change_nominee, nominee, replace_nominee, send_nominee, withdraw_nominee
from training.portal.views.sessions import session_page, sessions

# `never_cache`: what somebody gives and gets stays in no cache, not even on a shared computer.
urlpatterns = [
    path("", home, name="home"),
    path("sessions/", sessions, name="sessions"),
    path("sessions/<slug:slug>/", session_page, name="session"),
    path("sessions/<slug:slug>/agenda/", agenda, name="agenda"),
    path("sessions/<slug:slug>/agenda.ics", agenda_file, name="agenda_calendar"),
    path("sessions/<slug:slug>/enrol/", never_cache(enrol), name="enrol"),
    path("sessions/<slug:slug>/enrol/send/", never_cache(send), name="send_enrolment"),
    path("my/enrolments/", never_cache(my_enrolments), name="my_enrolments"),
    path("my/enrolments/<slug:reference>/", never_cache(my_enrolment), name="my_enrolment"),
    path("my/enrolments/<slug:reference>/change/", never_cache(change_enrolment), name="change_enrolment"),
    path("my/enrolments/<slug:reference>/accept/", never_cache(accept), name="accept_offer"),
    path("my/enrolments/<slug:reference>/withdraw/", never_cache(withdraw_enrolment), name="withdraw_enrolment"),
    path("my/enrolments/<slug:reference>/forms/<slug:stage>/", never_cache(answer_form), name="answer_form"),
    path("my/enrolments/<slug:reference>/consents/", never_cache(consents), name="consents"),
    path("my/enrolments/<slug:reference>/files/<uuid:key>/", never_cache(answer_file), name="answer_file"),
    path("my/nominations/<slug:reference>/", never_cache(my_nomination), name="my_nomination"),
    path("my/nominations/<slug:reference>/refuse/", never_cache(refuse_nomination), name="refuse_nomination"),
    path("nominations/", never_cache(nominations), name="nominations"),
    path("nominations/invitation/", never_cache(accept_invitation), name="accept_invitation"),
    path("nominations/invitation/<slug:secret>/", never_cache(nominator_invitation), name="nominator_invitation"),
    path("nominations/people/<slug:reference>/", never_cache(nominee), name="nominee"),
    path("nominations/people/<slug:reference>/change/", never_cache(change_nominee), name="change_nominee"),
    path("nominations/people/<slug:reference>/send/", never_cache(send_nominee), name="send_nominee"),
    path("nominations/people/<slug:reference>/withdraw/", never_cache(withdraw_nominee), name="withdraw_nominee"),
    path("nominations/people/<slug:reference>/replace/", never_cache(replace_nominee), name="replace_nominee"),
    path("nominations/sessions/<slug:slug>/<int:body>/", never_cache(nominations_page), name="nominations_page"),
    path("nominations/sessions/<slug:slug>/<int:body>/enter/", never_cache(enter_nominee), name="enter_nominee"),
    path("nominations/sessions/<slug:slug>/<int:body>/give-on/", never_cache(give_places_on), name="give_places_on"),
    path("nominations/sessions/<slug:slug>/<int:body>/rank/", never_cache(rank_nominees), name="rank_nominees"),
    path("nominations/sessions/<slug:slug>/<int:body>/send/", never_cache(send_nominees), name="send_nominees"),
    path(
        "nominations/sessions/<slug:slug>/<int:body>/lists/", never_cache(nomination_intake), name="nomination_intake"
    ),
    path(
        "nominations/sessions/<slug:slug>/<int:body>/forms/<slug:kind>/", never_cache(intake_form), name="intake_form"
    ),
    path("nominations/lists/<slug:reference>/", never_cache(intake), name="intake"),
    path("nominations/lists/<slug:reference>/sheet/", never_cache(intake_sheet), name="intake_sheet"),
    path("nominations/lists/<slug:reference>/rows/<int:row>/", never_cache(intake_row), name="intake_row"),
    path("nominations/lists/<slug:reference>/take/", never_cache(take_intake), name="take_intake"),
    path("nominations/lists/<slug:reference>/take-back/", never_cache(take_back_intake), name="take_back_intake"),
    path("display/", display, name="display"),
    path("demo/letters/", demo_letters, name="demo_letters"),
]
