from django.urls import path

from training.portal.views.display import change_display

urlpatterns = [
    path("display/", change_display, name="display"),
]
