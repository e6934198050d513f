"""Addresses of accounts that allauth does not have."""

from django.urls import path

from studio.accounts import views

app_name = "accounts"
urlpatterns = [path("accounts/profile/", views.profile, name="profile")]
