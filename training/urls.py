"""Where each door hangs: English without a prefix, Simplified Chinese under /zh-hans/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from training.admin_site import site
from training.management import health
from training.portal.views.pictures import speaker_picture

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),  # for whoever runs it
    path("readyz", health.readyz, name="readyz"),
    path("media/speakers/<uuid:name>.jpg", speaker_picture, name="speaker_picture"),
    *i18n_patterns(
        path("", include("training.portal.urls")),
        path("accounts/", include("accounts.urls")),
        path("admin/", site.urls),
        path("desk/", include("training.desk.urls")),
        prefix_default_language=False,
    ),
]

handler500 = "training.portal.views.errors.something_broke"
