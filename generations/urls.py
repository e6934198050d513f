"""Addresses of the work."""

from django.urls import URLPattern

app_name = "generations"
urlpatterns: list[URLPattern] = []
