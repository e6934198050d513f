"""Pages of chains: the form and its price, one press, the page that plays as one, the repair."""

import re
import uuid
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from generations.lifecycle import hints
from generations.media.models import StoredFile
from generations.models import Chain, Generation, State, Visibility
from generations.recipes.repair import links_of
from generations.spending.models import Account
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import (
    HTMX,
    as_person,
    make,
    make_image,
    make_upload,
    of_team,
    picture,
    text,
)
from tests.media import samples

PRICE = 707_789
SETTINGS = {"model": "ray-2", "aspect_ratio": "16:9", "resolution": "720p", "duration": "5s"}


@pytest.fixture(autouse=True)
def no_queue(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.MEDIA_RESERVE = 0
    monkeypatch.setattr(hints, "async_task", lambda *args: None)


@pytest.fixture
def images(team: Team, ed: User) -> list[Generation]:
    return [make_image(team, ed, prompt=f"Picture {n}") for n in range(8)]


def filled(rows: list[Generation], **more: Any) -> dict[str, Any]:
    """What a browser posts."""
    key, quoted = str(uuid.uuid4()), str(PRICE * max(1, len(rows) - 1))
    items = [str(row.uuid) for row in rows]
    return {**SETTINGS, "item": items, "submit_key": key, "quoted": quoted, **more}


def query(rows: list[Generation]) -> str:
    return "?" + "&".join(f"item={row.uuid}" for row in rows)


def submitted(client: Client, team: Team, rows: list[Generation], **more: Any) -> Chain:
    answer = client.post(of_team("chain_submit", team), filled(rows, **more))
    assert answer.status_code == 302, text(answer)
    return Chain.objects.latest("id")


def page(client: Client, chain: Chain) -> str:
    return text(client.get(chain.get_absolute_url()))


def test_the_form_shows_the_items_in_their_order_and_the_price(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    shown = text(as_person(client, ed).get(of_team("chain_new", team) + query(images)))
    places = [shown.index(f"Picture {n}") for n in range(8)]
    assert places == sorted(places)
    assert "Generate 7 ≈ $4.95" in shown
    assert shown.count('name="link_prompt"') == 7
    assert "Link 7 · Keyframes" in shown


def test_one_press_makes_the_whole_chain(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    as_person(client, ed)
    chain = submitted(client, team, images, prompt="slowly", link_prompt=["rain", ""], title="Fog")
    links = links_of(chain)
    assert [link.prompt for link in links] == ["rain\nslowly", *["slowly"] * 6]
    assert chain.title == "Fog"
    assert Account.objects.get().pending_micros == 7 * PRICE


def test_htmx_is_sent_to_the_chain_s_page(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    as_person(client, ed)
    answer = client.post(of_team("chain_submit", team), filled(images), headers=HTMX)
    assert answer.headers["HX-Redirect"] == Chain.objects.get().get_absolute_url()


def test_the_same_press_twice_is_one_chain(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    as_person(client, ed)
    data = filled(images)
    places = [client.post(of_team("chain_submit", team), data).headers["Location"] for _ in "ab"]
    assert places[0] == places[1]
    assert Chain.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "order"),
    [
        ("earlier:2", [0, 2, 1]),
        ("later:0", [1, 0, 2]),
        ("drop:1", [0, 2]),
        ("reverse", [2, 1, 0]),
        ("earlier:0", [0, 1, 2]),
        ("later:9", [0, 1, 2]),
        (f"drop:{'9' * 5000}", [0, 1, 2]),
        ("nonsense", [0, 1, 2]),
    ],
)
def test_items_can_be_moved_without_dragging(
    client: Client, team: Team, ed: User, images: list[Generation], step: str, order: list[int]
) -> None:
    data = {**filled(images[:3]), "do": step, "prompt": "kept words"}
    shown = text(as_person(client, ed).post(of_team("chain_new", team), data, headers=HTMX))
    found = sorted(order, key=lambda n: shown.index(f'value="generation:{images[n].uuid}"'))
    assert found == order
    assert shown.count('name="item"') == len(order)
    assert "kept words" in shown
    assert "<html" not in shown


@pytest.mark.parametrize("quoted", ["1", "9" * 5000])
def test_a_price_that_changed_is_shown_and_nothing_is_made(
    client: Client, team: Team, ed: User, images: list[Generation], quoted: str
) -> None:
    as_person(client, ed)
    answer = client.post(of_team("chain_submit", team), filled(images, quoted=quoted))
    assert answer.status_code == 422
    assert "The price is now $4.95" in text(answer)
    assert not Chain.objects.exists()


def test_a_problem_stands_at_its_link_with_the_input_kept(
    client: Client, team: Team, ed: User
) -> None:
    clips = [make(team, ed, prompt=f"Clip {n}") for n in range(3)]
    data = filled(clips, link_prompt=["rain falls", ""])
    answer = as_person(client, ed).post(of_team("chain_submit", team), data, headers=HTMX)
    shown = text(answer)
    assert answer.status_code == 422
    assert 'aria-describedby="link-2-problem" aria-invalid="true"' in shown
    assert "Link 2: Say what happens in the shot." in shown
    assert 'id="link-1-error"' not in shown
    assert ">rain falls</textarea>" in shown


def test_too_little_money_is_told_and_nothing_is_made(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    Account.objects.create(team=team, limit_micros=6 * PRICE)
    answer = as_person(client, ed).post(of_team("chain_submit", team), filled(images))
    assert answer.status_code == 422
    assert not Chain.objects.exists()


def test_an_old_form_is_refused(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    data = filled(images, submit_key="")
    answer = as_person(client, ed).post(of_team("chain_submit", team), data)
    assert answer.status_code == 422
    assert "This form is too old" in text(answer)


def test_the_quote_is_the_button_with_the_total(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    data = filled(images, duration="9s")
    shown = text(as_person(client, ed).post(of_team("chain_quote", team), data))
    assert "Generate 7 ≈ $8.92" in shown
    assert f'value="{round(PRICE * 9 / 5) * 7}"' in shown


def test_what_is_wrong_with_a_prompt_is_said_at_its_place_before_the_press(
    client: Client, team: Team, ed: User
) -> None:
    clips = [make(team, ed, prompt=f"Clip {n}") for n in range(4)]
    data = filled(clips, link_prompt=["rain", "xx", ""])
    shown = text(as_person(client, ed).post(of_team("chain_quote", team), data))
    assert '<p class="field__error" id="link-2-error">' in shown
    assert '<p class="field__help" id="link-3-error">Say what happens in the shot.' in shown
    assert 'id="link-1-error"' not in shown
    assert "Generate 3 ≈ $2.12" in shown
    assert '<a href="#link-2-prompt">Link 2: At least 3 characters.</a>' in shown
    assert '<a href="#link-3-prompt">Link 3: Say what happens in the shot.</a>' in shown
    assert "textarea" not in shown


def test_a_setting_that_does_not_go_is_said_once_and_at_its_place(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    data = filled(images, resolution="9k")
    shown = text(as_person(client, ed).post(of_team("chain_new", team), data, headers=HTMX))
    said = shown[shown.index('id="chain-resolution-problem"') :]
    assert said.index("field__error") < said.index("</div>")
    assert shown.count('<a href="#chain-resolution">') == 1
    assert 'id="link-1-error"' not in shown


@pytest.mark.parametrize(
    ("step", "prompts"),
    [
        ("later:0", ["to C", "to B"]),
        ("earlier:2", ["to B", "hidden"]),
        ("drop:0", ["to C"]),
        ("reverse", ["to C", "to B"]),
    ],
)
def test_prompts_go_with_their_items(
    client: Client,
    team: Team,
    ed: User,
    images: list[Generation],
    step: str,
    prompts: list[str],
) -> None:
    given = ["to B", "to C", "hidden"]
    data = {**filled(images[:3], link_prompt=given), "do": step}
    shown = text(as_person(client, ed).post(of_team("chain_new", team), data, headers=HTMX))
    assert re.findall(r'name="link_prompt"[^>]*>([^<]*)</textarea>', shown) == prompts
    kept = re.findall(r'<input type="hidden" name="link_prompt" value="([^"]*)"', shown)
    assert sorted([*prompts, *kept]) == sorted(given if step != "drop:0" else given[1:])


def test_items_are_added_from_the_library_by_upload_and_by_address(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    as_person(client, ed)
    listed = text(client.get(of_team("chain_pick", team)))
    assert f'value="add:generation:{images[5].uuid}"' in listed
    data = {**filled(images[:2]), "do": f"add:generation:{images[5].uuid}"}
    shown = text(client.post(of_team("chain_new", team), data, headers=HTMX))
    assert "Chain of 3" in shown
    files = [SimpleUploadedFile(f"{name}.png", picture()) for name in ("one", "two")]
    data = {**filled(images[:2]), "item_file": files, "item_url": "https://example.com/a.png"}
    shown = text(client.post(of_team("chain_new", team), data, headers=HTMX))
    assert "Chain of 5" in shown
    items = re.findall(r'name="item" value="([^"]*)"', shown)
    assert [one.partition(":")[0] for one in items] == ["generation"] * 2 + ["url"] + ["upload"] * 2
    assert "one.png" in shown
    data = {**filled(images[:1]), "item": [items[0], *items[3:]], "quoted": str(2 * PRICE)}
    assert client.post(of_team("chain_submit", team), data).status_code == 302
    assert [link.inputs.count() for link in links_of(Chain.objects.get())] == [2, 2]


def test_only_what_a_link_can_take_is_offered(client: Client, team: Team, ed: User) -> None:
    clip = make(team, ed, prompt="Made here")
    brought = [make_upload(team, ed) for _ in "ab"]
    StoredFile.objects.filter(pk=brought[1].file_id).update(content_type="video/mp4")
    listed = text(as_person(client, ed).get(of_team("chain_pick", team)))
    assert f"add:generation:{clip.uuid}" in listed
    assert [f"add:upload:{one.uuid}" in listed for one in brought] == [True, False]
    shown = text(client.get(of_team("chain_new", team)))
    assert re.findall(r'id="chain-file"[^>]* accept="([^"]*)"', shown) == [
        "image/jpeg,image/png,image/webp"
    ]


def test_a_file_that_is_no_picture_is_said_and_the_rest_is_kept(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    files = [SimpleUploadedFile("notes.txt", b"words"), SimpleUploadedFile("a.png", picture())]
    data = {**filled(images[:2], prompt="kept words"), "item_file": files}
    shown = text(as_person(client, ed).post(of_team("chain_new", team), data, headers=HTMX))
    assert "<li>" in shown[shown.index('id="chain-reasons"') :]
    assert "notes.txt: " in shown
    assert "Chain of 3" in shown
    assert "kept words" in shown


def test_every_file_that_is_refused_is_named_with_what_to_do_and_notices_stand(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    frames = [samples.noise((40, 40)), samples.noise((40, 40), seed=5)]
    moving = samples.encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    files = [
        SimpleUploadedFile("notes.txt", b"words"),
        SimpleUploadedFile("moving.webp", moving),
        SimpleUploadedFile("old.gif", samples.encoded(frames[0], "GIF")),
    ]
    data = {**filled(images[:2]), "item_file": files}
    for name, headers in (("chain_new", HTMX), ("chain_submit", {})):
        for file in files:
            file.seek(0)
        answer = as_person(client, ed).post(of_team(name, team), data, headers=headers)
        shown = text(answer)
        for refused in ("notes.txt", "old.gif"):
            assert re.search(rf"{re.escape(refused)}: [^:<]+ Choose another file\.", shown)
        assert "moving.webp: Only the first frame was kept." in shown
        assert "Chain of 3" in shown
    assert not Chain.objects.exists()


def test_without_javascript_the_picker_stands_in_the_page(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    data = {**filled(images[:2]), "do": "pick"}
    shown = text(as_person(client, ed).post(of_team("chain_new", team), data))
    assert "<html" in shown
    assert 'id="picker-list-item"' in shown
    assert f'form="chain-form" name="do" value="add:generation:{images[7].uuid}"' in shown


def test_one_video_is_extended_so_often(client: Client, team: Team, ed: User) -> None:
    clip = make(team, ed, prompt="Clip")
    as_person(client, ed)
    shown = text(client.get(of_team("chain_new", team) + query([clip])))
    assert "Extend 3 times" in shown
    assert "Generate 3 ≈ $2.12" in shown
    data = {**filled([clip], times="1"), "do": "update"}
    assert "<h1>Extend once</h1>" in text(client.post(of_team("chain_new", team), data))
    chain = submitted(client, team, [clip], times="4", prompt="on it goes", quoted=str(4 * PRICE))
    assert [link.state for link in links_of(chain)] == ["queued", *["waiting"] * 3]
    assert "Waiting for “on it goes”." in page(client, chain)


@pytest.mark.parametrize("times", ["0", "25", "99999"])
def test_extending_too_often_is_refused_in_words(
    client: Client, team: Team, ed: User, times: str
) -> None:
    clip = make(team, ed)
    data = filled([clip], times=times, prompt="on it goes")
    answer = as_person(client, ed).post(of_team("chain_submit", team), data)
    assert answer.status_code == 422
    assert not Chain.objects.exists()


def test_one_picture_cannot_be_extended(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    shown = text(as_person(client, ed).get(of_team("chain_new", team) + query(images[:1])))
    assert "Only a video can be extended" in shown
    assert "price unknown" in shown


@pytest.mark.parametrize("items", ["", "?item=nonsense"])
def test_without_items_the_form_says_where_they_are(
    client: Client, team: Team, ed: User, items: str
) -> None:
    shown = text(as_person(client, ed).get(of_team("chain_new", team) + items))
    assert "Choose 2 to 25 pictures or videos." in shown
    assert "Select two or more pictures or videos" in shown
    assert "Generate </button>" in shown


def test_items_that_nobody_has_are_not_found(client: Client, team: Team, ed: User) -> None:
    url = of_team("chain_new", team) + f"?item={uuid.uuid4()}"
    assert as_person(client, ed).get(url).status_code == 404


def test_an_address_that_is_none_is_said_at_its_link(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    url = of_team("chain_new", team) + query(images[:1]) + "&item=url:https://[x"
    shown = text(as_person(client, ed).get(url))
    assert "This address cannot be used." in shown


def test_a_foreign_or_trashed_or_private_item_is_not_there(
    client: Client, team: Team, ed: User, ada: User, cleo: User, images: list[Generation]
) -> None:
    foreign = make(Team.objects.get(slug="elsewhere"), cleo)
    private = make(team, ada, visibility=Visibility.PRIVATE)
    trashed = make(team, ed, trashed_at="2026-01-01T00:00:00Z")
    as_person(client, ed)
    for row in (foreign, private, trashed):
        url = of_team("chain_new", team) + query([images[0], row])
        assert client.get(url).status_code == 404
        answer = client.post(of_team("chain_submit", team), filled([images[0], row]))
        assert answer.status_code == 404
    assert not Chain.objects.exists()


def finished(chain: Chain, states: list[str]) -> list[Generation]:
    rows = links_of(chain)
    for row, state in zip(rows, states, strict=True):
        Generation.objects.filter(pk=row.pk).update(state=state)
    return rows


@pytest.fixture
def broken(client: Client, team: Team, ed: User, images: list[Generation]) -> Chain:
    """A chain whose third link failed, seen by Ed."""
    chain = submitted(as_person(client, ed), team, images)
    finished(chain, ["completed", "completed", "failed", *["completed"] * 4])
    return chain


def test_a_chain_s_page_lists_its_links_with_state_and_price(client: Client, broken: Chain) -> None:
    shown = page(client, broken)
    assert shown.count("data-link=") == 7
    assert shown.count("data-film=") == 6
    assert "6 finished · 30 s · $4.25" in shown
    assert "data-every" not in shown


def test_what_broke_is_repaired_at_the_price_of_the_button(
    client: Client, team: Team, broken: Chain
) -> None:
    assert "Repair 1 link ≈ $0.71" in page(client, broken)
    url = reverse("generations:chain_repair", args=(team.slug, broken.uuid))
    data = {"submit_key": str(uuid.uuid4()), "quoted": str(PRICE)}
    assert client.post(url, data).status_code == 302
    shown = page(client, broken)
    assert "take 2" in shown
    assert "Repair" not in shown
    assert 'data-every="2000"' in shown
    late = client.post(url, {**data, "submit_key": str(uuid.uuid4())})
    assert late.status_code == 409
    assert client.post(url, data).status_code == 302
    assert broken.links.count() == 8


@pytest.mark.parametrize("changes", [{"quoted": "1"}, {"quoted": "9" * 5000}, {"submit_key": ""}])
def test_a_repair_at_another_price_or_of_an_old_form_is_refused(
    client: Client, team: Team, broken: Chain, changes: dict[str, str]
) -> None:
    url = reverse("generations:chain_repair", args=(team.slug, broken.uuid))
    data = {"submit_key": str(uuid.uuid4()), "quoted": str(PRICE), **changes}
    assert client.post(url, data).status_code == 422
    assert broken.links.count() == 7


def test_a_viewer_sees_the_chain_and_no_button(client: Client, ben: User, broken: Chain) -> None:
    shown = page(as_person(client, ben), broken)
    assert "data-film=" in shown
    assert "Repair" not in shown


def test_a_chain_without_a_visible_link_is_not_there(
    client: Client, ada: User, broken: Chain
) -> None:
    broken.links.update(visibility=Visibility.PRIVATE)
    assert as_person(client, ada).get(broken.get_absolute_url()).status_code == 404
    assert client.get(of_team("chains", broken.team)).context["chains"] == []


def test_changes_come_once_something_moved(client: Client, team: Team, broken: Chain) -> None:
    row = links_of(broken)[0]
    Generation.objects.filter(pk=row.pk).update(state=State.DREAMING)
    poll = client.get(broken.get_absolute_url()).context["url"]
    assert client.get(poll).status_code == 204
    Generation.objects.filter(pk=row.pk).update(state=State.COMPLETED, version=9)
    answer = text(client.get(poll))
    assert 'hx-target="#chain-panel"' in answer
    assert "<video" not in answer
    assert "data-every" not in answer


def test_the_list_shows_chains_newest_first(
    client: Client, team: Team, broken: Chain, images: list[Generation], settings: LazySettings
) -> None:
    newer = submitted(client, team, images[:3], title="The newer one")
    shown = text(client.get(of_team("chains", team)))
    assert shown.index("The newer one") < shown.index(broken.title)
    assert "6 of 7 finished" in shown
    settings.LIBRARY_PAGE_SIZE = 1
    older = text(client.get(of_team("chains", team) + f"?before={newer.uuid}"))
    assert broken.title in older
    assert "The newer one" not in older


def test_an_empty_list_says_how_to_begin(client: Client, team: Team, ed: User) -> None:
    shown = text(as_person(client, ed).get(of_team("chains", team)))
    assert "No chains yet" in shown
    assert "then press Chain" in shown


def test_the_list_costs_no_query_a_chain(
    client: Client,
    team: Team,
    broken: Chain,
    images: list[Generation],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(4):
        submitted(client, team, images)
    with django_assert_max_num_queries(12):
        client.get(of_team("chains", team))


def test_the_quote_costs_no_query_an_item(
    client: Client, team: Team, ed: User, images: list[Generation]
) -> None:
    brought = [make_upload(team, ed) for _ in range(8)]
    items = [*(f"generation:{row.uuid}" for row in images), *(f"upload:{b.uuid}" for b in brought)]
    as_person(client, ed)
    counts = []
    for some in (items[6:10], items):
        with CaptureQueriesContext(connection) as caught:
            shown = text(client.post(of_team("chain_quote", team), {**filled([]), "item": some}))
        assert f"Generate {len(some) - 1} ≈" in shown
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_the_page_costs_no_query_a_link(
    client: Client,
    team: Team,
    ed: User,
    images: list[Generation],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    chain = submitted(as_person(client, ed), team, images)
    with django_assert_max_num_queries(14):
        client.get(chain.get_absolute_url())


def test_the_library_s_cards_can_be_ticked_by_those_who_create(
    client: Client, team: Team, ed: User, ben: User, images: list[Generation]
) -> None:
    shown = text(as_person(client, ed).get(of_team("library", team)))
    assert 'id="select-form" method="get"' in shown
    assert shown.count('form="select-form"') == 8
    assert 'id="select-form"' not in text(as_person(client, ben).get(of_team("library", team)))
