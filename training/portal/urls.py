"""Addresses are nouns, deeds come last; a session is known by its slug, an enrolment by its reference."""

from django.urls import path
from django.views.decorators.cache import never_cache

from training.portal.views.agendas import agenda, agenda_file
from training.portal.views.display import display
from training.portal.views.enrolling import enrol, send
from training.portal.views.enrolments import accept, change_enrolment, my_enrolment, my_enrolments, withdraw_enrolment
from training.portal.views.home import home
from training.portal.views.letters import demo_letters
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
    path("display/", display, name="display"),
    path("demo/letters/", demo_letters, name="demo_letters"),
]
