"""Addresses of teams: how people come in."""

from django.urls import path

from studio.teams import views

app_name = "teams"
urlpatterns = [
    path("welcome/<str:token>/", views.welcome, name="welcome"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/join/", views.join, name="join"),
]
