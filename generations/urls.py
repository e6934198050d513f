"""Addresses of the work."""

from django.urls import URLPattern, URLResolver, include, path

from generations.views import composer, generation, library, media, trash

app_name = "generations"

_generation = [
    path("", generation.generation, name="generation"),
    path("card/", generation.card, name="card"),
    path("changes/", generation.generation_changes, name="generation_changes"),
    path("uses/", generation.uses, name="uses"),
    path("download/", generation.download, name="download"),
    path("cancel/", generation.cancel, name="cancel"),
    path("try-again/", generation.try_again, name="try_again"),
    path("stop-waiting/", generation.stop_waiting, name="stop_waiting"),
    path("look-again/", generation.look_again, name="look_again"),
    path("make-again/", generation.make_again, name="make_again"),
    path("trash/", trash.trash, name="trash"),
    path("restore/", trash.restore, name="restore"),
    path("purge/", trash.purge, name="purge"),
]

_team: list[URLPattern | URLResolver] = [
    path("", library.library, name="library"),
    path("older/", library.older, name="older"),
    path("changes/", library.changes, name="changes"),
    path("create/", composer.create, name="create"),
    path("create/quote/", composer.quote, name="quote"),
    path("create/submit/", composer.submit, name="submit"),
    path("create/pick/", composer.pick, name="pick"),
    path("create/upload/", composer.upload, name="upload"),
    path("trash/", trash.trash_list, name="trash_list"),
    path("g/<uuid:uuid>/", include(_generation)),
]

urlpatterns = [
    path("", library.home, name="home"),
    path("t/<slug:team>/", include(_team)),
    path("media/<uuid:uuid>/<str:name>", media.media, name="media"),
]
