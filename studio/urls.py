"""Every address of the studio."""

from django.contrib import admin
from django.urls import include, path

from studio import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("", include("studio.accounts.urls")),
    path("", include("studio.teams.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("generations.urls")),
]
