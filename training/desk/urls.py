from django.urls import path

from training.desk.views.exports import export, export_file, export_to_print, exports
from training.desk.views.forms import answer_for, who_answered
from training.desk.views.rosters import roster, take_roster
from training.desk.views.sessions import desk

urlpatterns = [
    path("", desk, name="desk"),
    path("sessions/<slug:slug>/roster/", roster, name="desk_roster"),
    path("sessions/<slug:slug>/roster/take/", take_roster, name="desk_take_roster"),
    path("sessions/<slug:slug>/exports/", exports, name="desk_exports"),
    path("sessions/<slug:slug>/forms/<slug:stage>/", who_answered, name="desk_form"),
    path("sessions/<slug:slug>/forms/<slug:stage>/<slug:reference>/", answer_for, name="desk_answer"),
    path("exports/<slug:reference>/", export, name="desk_export"),
    path("exports/<slug:reference>/file/", export_file, name="desk_export_file"),
    path("exports/<slug:reference>/print/", export_to_print, name="desk_export_print"),
]
