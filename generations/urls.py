"""Addresses of the work."""

from django.urls import URLPattern, URLResolver, include, path

from generations.views import (
    chains,
    composer,
    decisions,
    frames,
    generation,
    library,
    lineage,
    media,
    notices,
    presets,
    prompts,
    queue,
    settings,
    trash,
    uploads,
)

app_name = "generations"

_generation = [
    path("", generation.generation, name="generation"),
    path("lineage/", lineage.lineage, name="lineage"),
    path("changes/", generation.generation_changes, name="generation_changes"),
    path("uses/", generation.uses, name="uses"),
    path("download/", generation.download, name="download"),
    path("cancel/", decisions.cancel, name="cancel"),
    path("try-again/", decisions.try_again, name="try_again"),
    path("stop-waiting/", decisions.stop_waiting, name="stop_waiting"),
    path("look-again/", decisions.fetch_again, name="fetch_again"),
    path("make-again/", decisions.make_again, name="make_again"),
    path("trash/", trash.trash, name="trash"),
    path("restore/", trash.restore, name="restore"),
    path("purge/", trash.purge, name="purge"),
]

_chains = [
    path("", chains.chains, name="chains"),
    path("new/", chains.chain_new, name="chain_new"),
    path("quote/", chains.chain_quote, name="chain_quote"),
    path("pick/", chains.chain_pick, name="chain_pick"),
    path("submit/", chains.chain_submit, name="chain_submit"),
    path("<uuid:uuid>/", chains.chain, name="chain"),
    path("<uuid:uuid>/changes/", chains.chain_changes, name="chain_changes"),
    path("<uuid:uuid>/repair/", chains.chain_repair, name="chain_repair"),
]

_prompts = [
    path("", prompts.history, name="history"),
    path("recent/", prompts.recent_prompts, name="recent_prompts"),
    path("<uuid:uuid>/star/", prompts.star_prompt, name="star_prompt"),
    path("<uuid:uuid>/unstar/", prompts.unstar_prompt, name="unstar_prompt"),
    path("<uuid:uuid>/remove/", prompts.remove_prompt, name="remove_prompt"),
    path("<uuid:uuid>/restore/", prompts.restore_prompt, name="restore_prompt"),
]

_presets = [
    path("", presets.presets, name="presets"),
    path("more/", presets.more_presets, name="more_presets"),
    path("<uuid:uuid>/change/", presets.change_preset, name="change_preset"),
    path("<uuid:uuid>/remove/", presets.remove_preset, name="remove_preset"),
    path("<uuid:uuid>/restore/", presets.restore_preset, name="restore_preset"),
]

_team: list[URLPattern | URLResolver] = [
    path("", library.library, name="library"),
    path("older/", library.older, name="older"),
    path("changes/", library.changes, name="changes"),
    path("create/", composer.create, name="create"),
    path("create/draft/", composer.draft, name="draft"),
    path("create/history/", include(_prompts)),
    path("create/presets/", include(_presets)),
    path("create/quote/", composer.quote, name="quote"),
    path("create/check/", composer.check_inputs, name="check_inputs"),
    path("create/submit/", composer.submit, name="submit"),
    path("create/pick/", composer.pick, name="pick"),
    path("create/upload/", composer.upload, name="upload"),
    path("create/frames/", frames.frame_picker, name="frame_picker"),
    path("create/frames/take/", frames.take, name="take"),
    path("queue/", queue.queue, name="queue"),
    path("queue/changes/", queue.queue_changes, name="queue_changes"),
    path("notices/", notices.notices, name="notices"),
    path("notices/seen/", notices.notices_seen, name="notices_seen"),
    path("settings/", settings.settings, name="settings"),
    path("settings/changes/", settings.settings_changes, name="settings_changes"),
    path("settings/check/", settings.check_connection, name="check_connection"),
    path("settings/import/", settings.import_account, name="import_account"),
    path("trash/", trash.trash_list, name="trash_list"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<uuid:uuid>/remove/", uploads.remove, name="remove_upload"),
    path("chains/", include(_chains)),
    path("g/<uuid:uuid>/", include(_generation)),
]

urlpatterns = [
    path("", library.home, name="home"),
    path("t/<slug:team>/", include(_team)),
    path("media/<uuid:uuid>/<str:name>", media.media, name="media"),
]
