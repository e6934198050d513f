"""Saved drafts: the composer's content is saved for a person in a team, and comes back."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generations.actions import drafts
from generations.composer.reading import read_draft
from generations.models import Generation, SavedDraft, saved
from generations.queries.saved import saved_draft_of
from generations.queries.uploads import uploads_in_use_later
from generations.recipes.draft_json import LONGEST_SAVED_TEXT, draft_from_json, draft_to_json
from studio.accounts.models import User
from studio.teams.access import Seat, open_seat
from studio.teams.models import Membership, Team
from tests.generations.making import (
    COMPOSITION,
    as_person,
    form,
    hidden,
    make,
    make_image,
    make_upload,
    of_team,
    prompt_in,
    step,
    text,
)


def save(client: Client, team: Team, user: User | None, **changes: Any) -> Any:
    data = form(**{"composition": COMPOSITION, **changes})
    return as_person(client, user).post(of_team("draft", team), data)


def page(client: Client, team: Team, user: User, name: str = "create", query: Any = None) -> str:
    return text(as_person(client, user).get(of_team(name, team), query))


def kept(user: User, team: Team) -> Any:
    row = saved_draft_of(open_seat(user, team.slug, "create"))
    assert row is not None
    return row


def test_saving_says_nothing_and_viewers_save_nothing(
    client: Client, team: Team, ed: User, ben: User, cleo: User
) -> None:
    assert save(client, team, ed).status_code == 204
    assert save(client, team, ben).status_code == 403
    assert save(client, team, cleo).status_code == 404
    assert SavedDraft.objects.get().author == ed


@pytest.mark.parametrize("name", ["create", "library"])
def test_kind_settings_slots_prompt_and_variations_come_back(
    client: Client, team: Team, ed: User, name: str
) -> None:
    one, two = make_image(team, ed), make_image(team, ed)
    changes: dict[str, Any] = {
        "prompt": "  Snow on the\r\nharbour ",
        "aspect_ratio": "9:21",
        "format": "png",
        "variations": "3",
        "image_ref": [f"generation:{one.uuid}", f"generation:{two.uuid}"],
        "image_ref_weight": ["0.25", "0.9"],
    }
    save(client, team, ed, kind="image", **changes)
    answer = as_person(client, ed).get(of_team(name, team))
    composer = answer.context["composer"]
    assert composer.draft.kind == "image"
    assert composer.form["prompt"].value() == "  Snow on the\nharbour "
    assert composer.form["variations"].value() == "3"
    body = text(answer)
    assert '<option value="9:21" selected>' in body
    assert '<option value="png" selected>' in body
    lying = [(choice.generation, choice.weight) for choice in composer.draft.inputs]
    assert lying == [(one.uuid, 0.25), (two.uuid, 0.9)]


def test_submit_key_is_not_kept(client: Client, team: Team, ed: User) -> None:
    key = str(uuid.uuid4())
    save(client, team, ed, submit_key=key)
    assert key not in page(client, team, ed)


def test_each_team_and_each_person_has_a_draft_of_their_own(
    client: Client, team: Team, ed: User, ada: User, cleo: User
) -> None:
    elsewhere = cleo.memberships.get().team
    Membership.objects.create(team=elsewhere, user=ed, role="editor")
    save(client, team, ed, prompt="Here")
    save(client, elsewhere, ed, prompt="There")
    save(client, team, ada, prompt="Hers")
    assert prompt_in(page(client, team, ed)) == "Here"
    assert prompt_in(page(client, elsewhere, ed)) == "There"
    assert prompt_in(page(client, team, ada)) == "Hers"


def test_of_two_tabs_the_later_save_wins(client: Client, team: Team, ed: User) -> None:
    save(client, team, ed, prompt="First tab")
    assert save(client, team, ed, prompt="Second tab").status_code == 204
    assert save(client, team, ed, prompt="First tab again").status_code == 204
    assert prompt_in(page(client, team, ed)) == "First tab again"
    assert kept(ed, team).before is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["a step", "undo"])
def test_two_that_overlap_lose_nothing(
    team: Team, ed: User, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    seat = open_seat(ed, team.slug, "create")
    key = uuid.UUID(COMPOSITION)
    drafts.save_draft(seat, uuid.uuid4(), written("Oldest"))
    drafts.save_draft(seat, key, written("Old"))
    meant = threading.Event()
    other = threading.Thread(target=overlapping, args=(seat, key))

    is_blank = saved.is_blank

    def while_another_saves(content: dict[str, Any]) -> bool:
        if not meant.is_set():
            meant.set()
            other.start()
            other.join(0.5)
        return is_blank(content)

    monkeypatch.setattr(drafts, "is_blank", while_another_saves)
    if first == "undo":
        drafts.restore_draft(seat)
    else:
        drafts.save_draft(seat, uuid.uuid4(), written("New"))
    other.join()
    row = kept(ed, team)
    gone = "Oldest" if first == "undo" else "New"
    assert (row.composition, row.content) == (key, written("Old, longer"))
    assert row.before == written(gone)


def written(prompt: str) -> dict[str, Any]:
    return {"settings": {"prompt": prompt}}


def overlapping(seat: Seat, key: uuid.UUID) -> None:
    """The save of a tab that wrote on in what another tab is replacing."""
    try:
        drafts.save_draft(seat, key, written("Old, longer"))
    finally:
        connection.close()


def test_saving_the_same_again_writes_nothing(client: Client, team: Team, ed: User) -> None:
    save(client, team, ed)
    with CaptureQueriesContext(connection) as caught:
        save(client, team, ed)
    table = SavedDraft._meta.db_table
    assert not [one["sql"] for one in caught if one["sql"].startswith(f'UPDATE "{table}"')]


@pytest.mark.parametrize("query", [{"starter": "dunes"}, {"kind": "image", "prompt": "Asked"}])
def test_what_the_address_asks_for_comes_before_the_draft(
    client: Client, team: Team, ed: User, query: dict[str, str]
) -> None:
    save(client, team, ed, prompt="My draft")
    assert "My draft" not in page(client, team, ed, query=query)
    assert prompt_in(page(client, team, ed)) == "My draft"


def test_remix_by_address_leaves_the_draft_until_something_is_changed(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed, prompt="To remix")
    save(client, team, ed, prompt="My draft")
    body = page(client, team, ed, query={"from": row.uuid})
    assert prompt_in(body) == "To remix"
    assert prompt_in(page(client, team, ed)) == "My draft"
    save(client, team, ed, prompt="To remix!", composition=hidden(body, "composition"))
    assert prompt_in(page(client, team, ed)) == "To remix!"
    assert kept(ed, team).before["settings"]["prompt"] == "My draft"


def test_use_of_a_result_by_address_starts_from_the_draft(
    client: Client, team: Team, ed: User
) -> None:
    image = make_image(team, ed)
    save(client, team, ed, prompt="My draft")
    query = {"from": image.uuid, "kind": "image_to_video", "slot": "start_frame"}
    body = page(client, team, ed, query=query)
    assert prompt_in(body) == "My draft"
    assert f'name="start_frame" value="generation:{image.uuid}"' in body


def test_a_step_keeps_what_it_saw(client: Client, team: Team, ed: User) -> None:
    image = make_image(team, ed)
    step(client, team, ed, f"put:start_frame:generation:{image.uuid}", prompt="Step by step")
    body = page(client, team, ed)
    assert prompt_in(body) == "Step by step"
    assert f'name="start_frame" value="generation:{image.uuid}"' in body


def test_a_step_that_fails_keeps_the_text(client: Client, team: Team, ed: User) -> None:
    answer = step(client, team, ed, f"put:start_frame:generation:{uuid.uuid4()}", prompt="Kept")
    assert answer.status_code == 404
    assert prompt_in(page(client, team, ed)) == "Kept"


def test_a_submit_keeps_what_was_sent_and_one_that_fails_too(
    client: Client, team: Team, ed: User
) -> None:
    for changes, status in (({"prompt": "ab"}, 422), ({"prompt": "A calm lake"}, 302)):
        data = form(**{"composition": COMPOSITION, "resolution": "1080p", **changes})
        answer = as_person(client, ed).post(of_team("submit", team), data)
        assert answer.status_code == status
        body = page(client, team, ed)
        assert prompt_in(body) == changes["prompt"]
        assert '<option value="1080p" selected>' in body
    assert Generation.objects.count() == 1


def test_a_submit_refused_outright_keeps_the_text(client: Client, team: Team, ed: User) -> None:
    data = form("image_to_video", start_frame=f"generation:{uuid.uuid4()}", prompt="Kept")
    assert as_person(client, ed).post(of_team("submit", team), data).status_code == 404
    assert prompt_in(page(client, team, ed)) == "Kept"


def test_inputs_that_are_gone_are_said_at_their_slots(
    client: Client, team: Team, ed: User, cleo: User
) -> None:
    trashed, foreign = make_image(team, ed), make_image(cleo.memberships.get().team, cleo)
    lying = {
        "style_ref": f"generation:{trashed.uuid}",
        "image_ref": f"generation:{foreign.uuid}",
    }
    save(client, team, ed, kind="image", **lying)
    trashed.trashed_at = trashed.created_at
    trashed.save()
    for name in ("create", "library"):
        body = page(client, team, ed, name)
        for slot, reference in lying.items():
            assert f'name="{slot}" value="{reference}"' in body
            assert f'id="slot-{slot}-error"' in body
        assert "Nothing was sent" not in body


def test_start_over_empties_the_composer_and_undo_brings_it_back(
    client: Client, team: Team, ed: User
) -> None:
    image = make_image(team, ed)
    lying = {"style_ref": f"generation:{image.uuid}", "style_ref_weight": "0.3"}
    empty = text(step(client, team, ed, "new", kind="image", prompt="Hours of work", **lying))
    assert prompt_in(empty) == ""
    assert str(image.uuid) not in empty
    assert 'value="image" checked' in empty
    assert 'value="undo"' in empty
    assert 'value="undo"' in page(client, team, ed), "until something is written"
    there = {"prompt": "", "composition": hidden(empty, "composition")}
    back = text(step(client, team, ed, "undo", kind="image", **there))
    assert prompt_in(back) == "Hours of work"
    assert f'name="style_ref" value="generation:{image.uuid}"' in back
    assert 'value="0.3"' in back
    assert 'value="undo"' not in page(client, team, ed)


def test_a_save_that_a_step_overtook_does_not_undo_it(client: Client, team: Team, ed: User) -> None:
    """A late save of the page that Start over emptied is ignored; other content is saved."""
    typed = {"kind": "image", "prompt": "Hours of work"}
    save(client, team, ed, **typed)
    empty = text(step(client, team, ed, "new", **typed))
    save(client, team, ed, **typed)
    body = page(client, team, ed)
    assert prompt_in(body) == ""
    assert 'value="undo"' in body
    assert str(kept(ed, team).composition) == hidden(empty, "composition")
    save(client, team, ed, **{**typed, "prompt": "Hours of work, and more"})
    assert prompt_in(page(client, team, ed)) == "Hours of work, and more"


def test_undo_brings_back_what_a_remix_or_a_prompt_replaced(
    client: Client, team: Team, ed: User
) -> None:
    row = make(team, ed, prompt="Another's words")
    for query in (f"?from={row.uuid}", f"?from={row.uuid}&use=prompt", "?starter=dunes"):
        replaced = text(step(client, team, ed, "", query, prompt="Mine"))
        assert prompt_in(replaced) != "Mine"
        assert 'value="undo"' in replaced
        there = {"prompt": prompt_in(replaced), "composition": hidden(replaced, "composition")}
        assert prompt_in(text(step(client, team, ed, "undo", **there))) == "Mine"


def test_undo_without_anything_to_bring_back_changes_nothing(
    client: Client, team: Team, ed: User
) -> None:
    assert prompt_in(text(step(client, team, ed, "undo", prompt="Mine"))) == "Mine"


def test_nothing_is_offered_for_an_empty_composer(client: Client, team: Team, ed: User) -> None:
    assert 'value="undo"' not in text(step(client, team, ed, "new", prompt=" "))


def test_long_prompt_is_kept_up_to_a_bound_that_the_page_says(
    client: Client, team: Team, ed: User
) -> None:
    save(client, team, ed, prompt="é" * (LONGEST_SAVED_TEXT + 5))
    body = page(client, team, ed)
    assert prompt_in(body) == "é" * LONGEST_SAVED_TEXT
    assert f'data-kept="{LONGEST_SAVED_TEXT}"' in body


def test_a_draft_is_bounded_whatever_is_posted(client: Client, team: Team, ed: User) -> None:
    many = ["push_in" * 50] * 90
    save(
        client,
        team,
        ed,
        aspect_ratio="9" * 5000,
        variations="8" * 5000,
        concepts=many,
        start_frame="url:https://example.com/" + "a" * 9000,
        unknown="x" * 5000,
    )
    content = kept(ed, team).content
    assert len(str(content)) < 9000
    assert "unknown" not in str(content)
    assert as_person(client, ed).get(of_team("create", team)).status_code == 200


def test_what_a_database_cannot_take_is_left_out(client: Client, team: Team, ed: User) -> None:
    save(client, team, ed, prompt="a\x00b\x1bc\td", start_frame="url:https://x.org/\x00")
    assert kept(ed, team).content["settings"]["prompt"] == "abc\td"
    assert page(client, team, ed)


def test_content_of_another_release_opens_as_far_as_it_is_known() -> None:
    strange = {
        "kind": "hologram",
        "settings": {"prompt": "Still mine", "depth": "9"},
        "inputs": [{"slot": "portal", "of": "nothing", "weight": None}],
    }
    draft = draft_from_json(strange)
    assert draft.kind == "text_to_video"
    assert dict(draft.settings) == {"prompt": "Still mine"}
    assert draft.inputs == ()


def test_upload_in_a_draft_is_not_swept(team: Team, ed: User) -> None:
    lying, before = (make_upload(team, ed) for _ in range(2))
    contents = []
    for upload in (lying, before):
        data = form("image_to_video", start_frame=f"upload:{upload.uuid}")
        query = Client().get("/", data).wsgi_request.GET
        contents.append(draft_to_json(read_draft(query)))
    SavedDraft.objects.create(
        team=team, author=ed, composition=COMPOSITION, content=contents[0], before=contents[1]
    )
    assert uploads_in_use_later() == {lying.uuid, before.uuid}


def test_body_of_another_type_is_415(client: Client, team: Team, ed: User) -> None:
    url = of_team("draft", team)
    answer = as_person(client, ed).post(url, "{}", content_type="application/json")
    assert answer.status_code == 415
