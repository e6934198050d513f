"""Presets: a recipe saved under a name, applied, shared, renamed, removed and restored."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from generations.actions.presets import MOST_PRESETS
from generations.actions.trash import delete_removed
from generations.models import Event, Preset
from studio import clock
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import (
    COMPOSITION,
    HTMX,
    as_person,
    checked,
    form,
    make,
    make_image,
    of_team,
    prompt_in,
    step,
    text,
)


def save(client: Client, team: Team, user: User, name: str = "Blue hour", **changes: Any) -> Any:
    kind = changes.pop("kind", "text_to_video")
    shared = {"preset-shared": "on"} if changes.pop("shared", False) else {}
    data = {**form(kind, composition=COMPOSITION, **changes), "preset-name": name, **shared}
    return as_person(client, user).post(of_team("presets", team), data, headers=HTMX)


def listed(client: Client, team: Team, user: User) -> str:
    return text(as_person(client, user).get(of_team("presets", team), headers=HTMX))


def do(client: Client, user: User, name: str, preset: Preset, **sends: Any) -> Any:
    url = reverse(f"generations:{name}_preset", args=(preset.team.slug, preset.uuid))
    return as_person(client, user).post(url, sends, headers=HTMX)


def change(client: Client, user: User, preset: Preset, name: str, *, shared: bool) -> Any:
    mark = f"preset-{preset.uuid}"
    sends = {f"{mark}-name": name, **({f"{mark}-shared": "on"} if shared else {})}
    return do(client, user, "change", preset, **sends)


def test_saved_is_said_and_applying_brings_all_of_it_back(
    client: Client, team: Team, ed: User
) -> None:
    image = make_image(team, ed)
    lying = {"style_ref": f"generation:{image.uuid}", "style_ref_weight": "0.3"}
    answer = save(
        client, team, ed, kind="image", prompt="Ink wash", format="png", variations="4", **lying
    )
    assert answer.status_code == 200
    assert "Saved “Blue hour”." in text(answer)
    preset = Preset.objects.get()
    body = text(step(client, team, ed, f"preset:{preset.uuid}", prompt="Mine"))
    assert checked(body) == "image"
    assert prompt_in(body) == "Ink wash"
    assert '<option value="png" selected>' in body
    assert f'name="style_ref" value="generation:{image.uuid}"' in body
    assert 'value="0.3"' in body
    assert 'id="composer-image-variations" value="4"' in body
    assert 'value="undo"' in body, "what was there can be brought back"


def test_price_of_all_variations_stands_beside_the_name(
    client: Client, team: Team, ed: User
) -> None:
    save(client, team, ed, variations="2")
    save(client, team, ed, "Bigger", resolution="1080p")
    body = listed(client, team, ed)
    assert '<span class="preset__price">≈ $1.42</span>' in body
    assert "Text to video · Ray 2 · 16:9 · 1080p · 5 s · private" in body


def test_price_follows_from_the_source_and_is_unknown_without_it(
    client: Client, team: Team, ed: User
) -> None:
    video = make(team, ed)
    data = {
        "kind": "upscale",
        "source": f"generation:{video.uuid}",
        "resolution": "1080p",
        "composition": COMPOSITION,
        "preset-name": "Sharper",
    }
    as_person(client, ed).post(of_team("presets", team), data, headers=HTMX)
    assert '<span class="preset__price">≈ $' in listed(client, team, ed)
    video.trashed_at = video.created_at
    video.save()
    body = listed(client, team, ed)
    assert '<span class="preset__price">≈ $' not in body
    assert "rice unknown" in body
    applied = text(step(client, team, ed, f"preset:{Preset.objects.get().uuid}"))
    assert 'id="slot-source-error"' in applied, "an input that is gone is said at its slot"


def test_private_is_ones_own_and_shared_is_the_teams(
    client: Client, team: Team, ed: User, ada: User, ben: User, cleo: User
) -> None:
    save(client, team, ed, "My own")
    save(client, team, ed, "For everybody", shared=True, prompt="Ours")
    mine, ours = Preset.objects.order_by("id")
    body = listed(client, team, ada)
    assert "For everybody" in body
    assert "shared by <bdi>Ed</bdi>" in body
    assert "My own" not in body
    assert prompt_in(text(step(client, team, ada, f"preset:{ours.uuid}"))) == "Ours"
    assert step(client, team, ada, f"preset:{mine.uuid}").status_code == 404
    assert as_person(client, ben).get(of_team("presets", team)).status_code == 403
    assert as_person(client, cleo).get(of_team("presets", team)).status_code == 404
    elsewhere = cleo.memberships.get().team
    assert step(client, elsewhere, cleo, f"preset:{ours.uuid}").status_code == 404


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Give it a name."),
        (" \u200b\n ", "Give it a name."),
        ("x" * 81, "80 characters at most; yours has 81."),
        ("blue  HOUR", "There is a preset of this name already. Choose another."),
    ],
)
def test_name_that_cannot_be_is_said_at_its_field(
    client: Client, team: Team, ed: User, name: str, sentence: str
) -> None:
    save(client, team, ed)
    answer = save(client, team, ed, name)
    assert answer.status_code == 422
    body = text(answer)
    assert f"</svg>{sentence} </p>" in body
    assert 'id="preset-name-error"' in body
    assert f'value="{name}"' in answer.content.decode(), "what was typed stays"
    assert Preset.objects.count() == 1


def test_eighty_characters_of_any_script_are_a_name(client: Client, team: Team, ed: User) -> None:
    name = "ΐ" * 80
    assert save(client, team, ed, name).status_code == 200
    assert Preset.objects.get().name == name


def test_two_people_may_use_the_same_name(client: Client, team: Team, ed: User, ada: User) -> None:
    assert save(client, team, ed, shared=True).status_code == 200
    assert save(client, team, ada, shared=True).status_code == 200


def test_there_is_a_limit_and_it_is_said(client: Client, team: Team, ed: User) -> None:
    for number in range(MOST_PRESETS):
        Preset.objects.create(team=team, author=ed, name=str(number), name_key=str(number))
    answer = save(client, team, ed)
    assert answer.status_code == 422
    assert "100 presets are the most." in text(answer)


def test_own_one_is_renamed_and_shared(client: Client, team: Team, ed: User) -> None:
    save(client, team, ed)
    preset = Preset.objects.get()
    body = text(change(client, ed, preset, "  Golden   hour ", shared=True))
    assert "Golden hour" in body
    assert "shared by <bdi>Ed</bdi>" in body
    assert change(client, ed, preset, "Golden hour", shared=False).status_code == 200
    preset.refresh_from_db()
    assert (preset.name, preset.shared) == ("Golden hour", False)


def test_new_name_is_refused_like_a_first_one(client: Client, team: Team, ed: User) -> None:
    save(client, team, ed, "Taken")
    save(client, team, ed)
    preset = Preset.objects.get(name="Blue hour")
    for name, sentence in (("", "Give it a name."), ("taken", "There is a preset of this name")):
        answer = change(client, ed, preset, name, shared=False)
        assert answer.status_code == 422
        assert sentence in text(answer)
    preset.refresh_from_db()
    assert preset.name == "Blue hour"


def test_shared_one_is_changed_by_its_author_an_admin_or_the_owner_alone(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    save(client, team, ada, "Hers", shared=True)
    save(client, team, ed, "His", shared=True)
    hers, his = Preset.objects.order_by("id")
    assert change(client, ed, hers, "Mine now", shared=True).status_code == 403
    assert do(client, ed, "remove", hers).status_code == 403
    assert change(client, ada, his, "Better name", shared=True).status_code == 200
    assert do(client, ada, "remove", his).status_code == 200
    assert "preset__edit" in listed(client, team, ada)
    assert "preset__edit" not in listed(client, team, ed)
    verbs = Event.objects.filter(actor=ada).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["user.preset_saved", "user.preset_changed", "user.preset_removed"]


def test_private_one_of_somebody_else_is_not_there_even_for_the_owner(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    save(client, team, ed)
    preset = Preset.objects.get()
    for name in ("change", "remove", "restore"):
        assert do(client, ada, name, preset).status_code == 404


def test_deleted_one_can_be_brought_back_in_its_place(client: Client, team: Team, ed: User) -> None:
    save(client, team, ed, shared=True)
    preset = Preset.objects.get()
    body = text(do(client, ed, "remove", preset))
    assert "Deleted: <bdi>Blue hour</bdi>" in body
    assert reverse("generations:restore_preset", args=(team.slug, preset.uuid)) in body
    assert "Blue hour" not in listed(client, team, ed)
    assert step(client, team, ed, f"preset:{preset.uuid}").status_code == 404
    assert "Blue hour" in text(do(client, ed, "restore", preset))
    assert "Blue hour" in listed(client, team, ed)


def test_deleted_one_whose_name_is_taken_says_so(client: Client, team: Team, ed: User) -> None:
    save(client, team, ed)
    preset = Preset.objects.get()
    do(client, ed, "remove", preset)
    save(client, team, ed)
    answer = do(client, ed, "restore", preset)
    assert answer.status_code == 409
    assert "There is a preset of this name already." in text(answer)


def test_deleted_one_is_gone_after_a_day(client: Client, team: Team, ed: User) -> None:
    save(client, team, ed)
    do(client, ed, "remove", Preset.objects.get())
    preset = Preset.objects.get()
    clock.shift(timedelta(hours=23))
    delete_removed()
    assert do(client, ed, "restore", preset).status_code == 200
    do(client, ed, "remove", preset)
    clock.shift(timedelta(days=1, seconds=1))
    as_person(client, ed)
    delete_removed()
    assert not Preset.objects.exists()


def test_empty_list_says_what_presets_are_for(client: Client, team: Team, ed: User) -> None:
    assert "No presets yet." in listed(client, team, ed)


def test_all_of_it_works_without_javascript(client: Client, team: Team, ed: User) -> None:
    browser = as_person(client, ed)
    composer = {**form(prompt="Kept"), "composition": COMPOSITION}
    opened = text(browser.post(of_team("create", team), {**composer, "do": "presets"}))
    assert "Save as preset" in opened
    page = of_team("create", team) + "?open=presets"
    answer = browser.post(of_team("presets", team), {"preset-name": "Plain"})
    assert answer["Location"] == page
    preset = Preset.objects.get()
    assert preset.content["settings"]["prompt"] == "Kept"
    listing = text(browser.get(page))
    assert f'value="preset:{preset.uuid}"' in listing
    assert "Saved “Plain”." in listing
    refused = browser.post(of_team("presets", team), {"preset-name": "plain"})
    assert refused.status_code == 422
    assert "<!doctype html>" in text(refused)
    body = text(refused)
    assert "There is a preset of this name already." in body
    assert 'id="composer-form"' in body, "what is refused stands beside the composer it is about"
    assert f'form="composer-form" name="do" value="preset:{preset.uuid}"' in body
    assert "Kept</textarea>" in body
    gone = reverse("generations:remove_preset", args=(team.slug, preset.uuid))
    assert browser.post(gone)["Location"] == page
    undo = reverse("generations:restore_preset", args=(team.slug, preset.uuid))
    assert f'action="{undo}"' in text(browser.get(page))


def test_new_name_that_is_refused_without_javascript_stands_at_its_row(
    client: Client, team: Team, ed: User, settings: Any
) -> None:
    settings.LIBRARY_PAGE_SIZE = 1
    save(client, team, ed, "Blue hour")
    save(client, team, ed, "Red dawn")
    preset = Preset.objects.get(name="Red dawn")
    url = reverse("generations:change_preset", args=(team.slug, preset.uuid))
    answer = client.post(url, {f"preset-{preset.uuid}-name": "blue HOUR"})
    body = text(answer)
    assert answer.status_code == 422
    _, _, rest = body.partition(f'<li class="saved__row preset" id="preset-{preset.uuid}"')
    row = rest.partition("</li>")[0]
    assert "There is a preset of this name already." in row
    assert 'value="blue HOUR"' in row
    assert body.count(f'id="preset-{preset.uuid}"') == 1
    assert 'id="composer-form"' in body
    assert "Blue hour" in body


def test_pages_of_presets_follow_by_name_without_a_gap(
    client: Client, team: Team, ed: User, settings: Any
) -> None:
    settings.LIBRARY_PAGE_SIZE = 2
    for name in ("b", "d", "a", "c", "e"):
        save(client, team, ed, name)
    browser, found, after = as_person(client, ed), [], ""
    while True:
        name = "more_presets" if after else "presets"
        answer = browser.get(of_team(name, team), {"after": after}, headers=HTMX)
        shown = answer.context["presets"]
        found += [look.preset.name for look in shown.rows]
        if shown.next is None:
            break
        after = str(shown.next.uuid)
    assert found == ["a", "b", "c", "d", "e"]


def test_more_presets_cost_no_more_queries(
    client: Client, team: Team, ed: User, django_assert_max_num_queries: Any
) -> None:
    videos = [make(team, ed) for _ in range(6)]
    for number, video in enumerate(videos):
        content = {
            "kind": "upscale",
            "inputs": [{"slot": "source", "of": f"generation:{video.uuid}"}],
        }
        Preset.objects.create(
            team=team, author=ed, name=str(number), name_key=str(number), content=content
        )
    browser = as_person(client, ed)
    with django_assert_max_num_queries(6):
        browser.get(of_team("presets", team), headers=HTMX)


def test_opened_by_its_address_it_stands_in_the_composers_page(
    client: Client, team: Team, ed: User
) -> None:
    answer = as_person(client, ed).get(of_team("presets", team), follow=True)
    assert answer.status_code == 200
    assert "<h1" in text(answer)
    assert answer.redirect_chain[0][0].startswith(of_team("create", team) + "?open=presets")
