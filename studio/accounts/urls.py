"""URLs of account pages that are not allauth's."""

from django.urls import path

from studio.accounts import views

app_name = "accounts"
urlpatterns = [path("accounts/profile/", views.profile, name="profile")]
