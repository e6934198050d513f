"""All URLs of the studio."""

from django.contrib import admin
from django.urls import include, path

from generations.views import callbacks
from studio import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("", include("studio.accounts.urls")),
    path("", include("studio.teams.urls")),
    path("accounts/", include("studio.accounts.allauth_urls")),
    path("admin/", admin.site.urls),
    path("hooks/luma/<str:token>", callbacks.luma, name="luma_callback"),
    path("", include("generations.urls")),
]

handler400 = "studio.views.bad_request"
