"""Bad input to the composer, row by row of docs/bad-input.md: each gets its sentence at its field,
keeps what was typed, and makes and holds nothing."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from generations.media.models import StoredFile, Upload
from generations.models import Generation, GenerationInput
from generations.spending.actions import open_account
from generations.spending.models import Account, LedgerEntry
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Membership, Team
from tests.generations.making import (
    FIVE_SECONDS,
    HTMX,
    as_person,
    form,
    keep,
    make,
    make_image,
    of_team,
    text,
)

KEPT = "Keep every word of this"
MISSING = "Write a prompt or add a start image."
LOOP_FRAMES = "Looping does not work with two frames."
PLACES = {
    "grid_position_x": "0",
    "grid_position_y": "0",
    "x_start": "0",
    "x_end": "640",
    "y_start": "0",
    "y_end": "360",
    "resized_width": "640",
    "resized_height": "360",
}
OTHERS: dict[str, dict[str, Any]] = {
    "modify_video": {"model": "ray-2", "mode": "flex_1"},
    "reframe_video": {"model": "ray-2", "aspect_ratio": "16:9", "resolution": None},
    "reframe_image": {"model": "photon-1", "aspect_ratio": "16:9", "format": "jpg"},
    "upscale": {"resolution": "1080p"},
    "add_audio": {"negative_prompt": ""},
}
"""What a browser posts for the kinds that `making.form` does not know."""


class Names(dict[str, str]):
    """What may be named in a slot, by what it is; made when a case names it."""

    def __init__(self, team: Team, author: User, stranger: User) -> None:
        super().__init__()
        there = stranger.memberships.get().team
        self.makers: dict[str, Callable[[], Generation | Upload]] = {
            "image": lambda: make_image(team, author),
            "clip": lambda: make(team, author),
            "large": lambda: make(team, author, resolution="1080p", recipe={"resolution": "1080p"}),
            "running": lambda: make(team, author, state="dreaming"),
            "failed": lambda: make(team, author, kind="image", state="failed"),
            "foreign": lambda: make_image(there, stranger),
            "short": lambda: footage(team, author, 9_000),
            "long": lambda: footage(team, author, 12_000),
            "endless": lambda: footage(team, author, 31_000),
            "heavy": lambda: make(team, author, original=heavy(team, "video/mp4", 101_000_000)),
            "heavy_image": lambda: make_image(
                team, author, original=heavy(team, "image/png", 11_000_000)
            ),
        }

    def __missing__(self, name: str) -> str:
        if name == "nobody":
            return f"generation:{uuid.uuid4()}"
        made = self.makers[name]()
        source = "generation" if isinstance(made, Generation) else "upload"
        self[name] = f"{source}:{made.uuid}"
        return self[name]


@pytest.fixture
def names(team: Team, ed: User, cleo: User) -> Names:
    return Names(team, ed, cleo)


def footage(team: Team, author: User, milliseconds: int) -> Upload:
    """A video that was uploaded, by its measures alone."""
    file = StoredFile.objects.create(
        team=team,
        path=f"{milliseconds}.mp4",
        sha256=f"{milliseconds:064}",
        size=1000,
        content_type="video/mp4",
        purpose="upload",
        width=1280,
        height=720,
        milliseconds=milliseconds,
    )
    poster = keep(team, "poster")
    return Upload.objects.create(team=team, author=author, file=file, poster=poster)


def heavy(team: Team, content_type: str, size: int) -> StoredFile:
    """A result whose file is only said to be large."""
    file = keep(team)
    file.content_type, file.size, file.milliseconds = content_type, size, 5000
    file.save(update_fields=["content_type", "size", "milliseconds"])
    return file


def posted(kind: str, names: Names, **changes: Any) -> dict[str, Any]:
    """What a browser posts for a kind, with what the case changes; `{image}` names a source."""
    if kind in OTHERS:
        known = {**form(), **dict.fromkeys(("aspect_ratio", "resolution", "duration", "model"))}
        filled = {**known, "kind": kind, **OTHERS[kind], "prompt": KEPT, **changes}
    else:
        base = "text_to_video" if kind not in ("image", "image_to_video") else kind
        filled = {**form(base), "kind": kind, "prompt": KEPT, **changes}
    return {
        name: [one.format_map(names) for one in value] if isinstance(value, list) else value
        for name, value in filled.items()
        if value is not None
    }


def press(client: Client, team: Team, user: User, data: Any, **more: Any) -> Any:
    return as_person(client, user).post(of_team("submit", team), data, headers=HTMX, **more)


def at(body: str, place: str) -> str:
    """Return the error at a field."""
    found = re.search(rf'id="{place}-error">(.*?)</p>', body)
    return re.sub(r"<[^>]+>", "", found.group(1)).strip() if found else ""


def free_of_charge(before: int) -> bool:
    """Nothing was made and no money is held."""
    held = sum(Account.objects.values_list("pending_micros", flat=True))
    return (Generation.objects.count(), LedgerEntry.objects.count(), held) == (before, 0, 0)


def bad(row: str, kind: str, place: str, sentence: str, **changes: Any) -> Any:
    return pytest.param(kind, place, sentence, changes, id=row)


TEXT, IMAGE, ANIMATE = "text_to_video", "image", "image_to_video"
MODEL = "This model is not available. Choose one of the list."
BETWEEN = "Between 0 and 1."
TIMEOUT = "5–120 seconds."  # noqa: RUF001
SIDES = "16–8192."  # noqa: RUF001
PIXELS = "A whole number of pixels within the picture."
ALL_EIGHT = "Give all eight values, or none for the default fit."
LOST = "Part of it could not be read and stands as �. Write it anew."

BAD = [
    bad("F01 no prompt", TEXT, "prompt", MISSING, prompt=""),
    bad("F02 one character", TEXT, "prompt", "At least 3 characters.", prompt="a"),
    bad("F02 two characters", TEXT, "prompt", "At least 3 characters.", prompt="ab"),
    bad(
        "F03 5,001 characters",
        TEXT,
        "prompt",
        "5,000 is the most Luma accepts; yours has 5,001.",
        prompt="a" * 5001,
    ),
    bad(
        "F04 5,001 emoji",
        TEXT,
        "prompt",
        "5,000 is the most Luma accepts; yours has 5,001.",
        prompt="🎬" * 5001,
    ),
    bad("F05 spaces", TEXT, "prompt", MISSING, prompt="   \n\n "),
    bad("F05 nothing that can be seen", TEXT, "prompt", MISSING, prompt="\u200b\u2060\ufeff"),
    bad("F07 a lost character", TEXT, "prompt", LOST, prompt="A quiet \ufffd harbour"),
    bad("F10 an old model", TEXT, "model", MODEL, model="ray-1-6"),
    bad("F10 a new model", TEXT, "model", MODEL, model="ray-3"),
    bad("F10 no model", TEXT, "model", MODEL, model=None),
    bad("F11 a model for pictures", TEXT, "model", MODEL, model="photon-1"),
    bad("F11 a model for videos", IMAGE, "model", MODEL, model="ray-2"),
    bad("F12", TEXT, "aspect_ratio", "Choose one of 7 ratios.", aspect_ratio="16:10"),
    bad("F13", TEXT, "resolution", "Choose 540p, 720p, 1080p or 4k.", resolution="8k"),
    bad("F14 seven seconds", TEXT, "duration", "5 s or 9 s.", duration="7s"),
    bad("F14 no seconds", TEXT, "duration", "5 s or 9 s.", duration="0"),
    bad("F14 less than none", TEXT, "duration", "5 s or 9 s.", duration="-5s"),
    bad(
        "F15 two pictures",
        ANIMATE,
        "",
        LOOP_FRAMES,
        loop="on",
        start_frame=["{image}"],
        end_frame=["{image}"],
    ),
    bad("F15 keyframes", "keyframes", "", LOOP_FRAMES, loop="on", start_frame=["{image}"],
        end_frame=["{image}"]),
    bad("F16 an end picture", ANIMATE, "loop", "Looping does not work with an end frame.",
        loop="on", end_frame=["{image}"]),
    bad("F16 backwards", "extend_backwards", "", "Looping does not work with an end frame.",
        loop="on", end_frame=["{clip}"]),
    bad("F16 a bridge", "bridge", "", LOOP_FRAMES, loop="on", start_frame=["{clip}"],
        end_frame=["{image}"]),
    bad("F18 failed", ANIMATE, "slot-start_frame", "It did not come to be, so it cannot be used.",
        start_frame=["{failed}"]),
    bad("F20 a video as a reference", IMAGE, "slot-image_ref",
        "Image references takes a picture; this is a video.", image_ref=["{clip}"]),
    bad("F21 no number", IMAGE, "slot-style_ref", BETWEEN, style_ref=["{image}"],
        style_ref_weight="NaN"),
    bad("F21 endless", IMAGE, "slot-style_ref", BETWEEN, style_ref=["{image}"],
        style_ref_weight="1e309"),
    bad("F21 below", IMAGE, "slot-style_ref", BETWEEN, style_ref=["{image}"],
        style_ref_weight="-1"),
    bad("F21 above", IMAGE, "slot-style_ref", BETWEEN, style_ref=["{image}"],
        style_ref_weight="2"),
    bad("F22 five references", IMAGE, "slot-image_ref", "Four at most.",
        image_ref=["{image}"] * 5),
    bad("F22 five faces", IMAGE, "slot-character_ref", "Four at most.",
        character_ref=["{image}"] * 5),
    bad("F23 no picture to change", "reframe_image", "slot-source",
        "Source is empty. Add a picture."),
    bad("F24 a reference that is none", IMAGE, "slot-character_ref",
        "What lay here could not be read. Choose it again.", character_ref="generation:harbour"),
    bad("F25 none", IMAGE, "sync_timeout", TIMEOUT, sync="on", sync_timeout="0"),
    bad("F25 a life", IMAGE, "sync_timeout", TIMEOUT, sync="on", sync_timeout="1e9"),
    bad("F25 words", IMAGE, "sync_timeout", TIMEOUT, sync="on", sync_timeout="soon"),
    bad("F26 no ratio", "reframe_image", "aspect_ratio", "Choose one of 7 ratios.",
        source=["{image}"], aspect_ratio=None),
    bad("F26 no media", "reframe_video", "slot-source", "Source is empty. Add a video."),
    bad("F26 no model", "reframe_video", "model", MODEL, source=["{short}"], model=None),
    bad("F27 across", "reframe_video", "x_end", "The right edge must be right of the left edge.",
        source=["{short}"], **{**PLACES, "x_start": "640", "x_end": "640"}),
    bad("F27 down", "reframe_video", "y_end", "The bottom edge must be below the top edge.",
        source=["{short}"], **{**PLACES, "y_start": "300", "y_end": "20"}),
    bad("F28 outside", "reframe_video", "x_end", "Between 1 and 1280.", source=["{short}"],
        **{**PLACES, "x_end": "1281"}),
    bad("F28 below nothing", "reframe_video", "grid_position_x", "Between 0 and 1280.",
        source=["{short}"], **{**PLACES, "grid_position_x": "-1"}),
    bad("F28 half a pixel", "reframe_video", "x_start", PIXELS,
        source=["{short}"], **{**PLACES, "x_start": "0.5"}),
    bad("F28 far away", "reframe_video", "x_start", "Between 0 and 1279.",
        source=["{short}"], **{**PLACES, "x_start": "1e12"}),
    bad("F28 words", "reframe_video", "x_start", PIXELS,
        source=["{short}"], **{**PLACES, "x_start": "left"}),
    bad("F29 none", "reframe_video", "resized_width", SIDES, source=["{short}"],
        **{**PLACES, "resized_width": "0"}),
    bad("F29 vast", "reframe_video", "resized_width", SIDES, source=["{short}"],
        **{**PLACES, "resized_width": "100000"}),
    bad("F30", "reframe_video", "x_start", ALL_EIGHT, source=["{short}"], grid_position_x="10",
        grid_position_y="10"),
    bad("F31", "modify_video", "mode", "Choose a strength.", source=["{short}"], mode="adhere_4"),
    bad("F32", "modify_video", "slot-source",
        "Ray 2 takes up to 10 s; choose Ray Flash 2 (15 s) or trim.", source=["{long}"]),
    bad("U26 for a model", "modify_video", "slot-source",
        "Ray 2 takes up to 10 s; choose Ray Flash 2 (15 s) or trim.", source=["{long}"]),
    bad("U26 for all", "reframe_video", "slot-source",
        "It is 31 s long; Ray 2 takes up to 10 s. Trim it.", source=["{endless}"]),
    bad("S04 to modify", "modify_video", "slot-source",
        "The file has 101 MB; Luma takes up to 100 MB.", source=["{heavy}"]),
    bad("S04 to reframe", "reframe_video", "slot-source",
        "The file has 101 MB; Luma takes up to 100 MB.", source=["{heavy}"]),
    bad("S04 a picture", "reframe_image", "slot-source",
        "The file has 11 MB; Luma takes up to 10 MB.", source=["{heavy_image}"]),
    bad("F33 a picture", "upscale", "slot-source", "Source takes a video; this is a picture.",
        source=["{image}"]),
    bad("F34", "upscale", "resolution", "Already 1080p. Choose a larger one.",
        source=["{large}"]),
    bad("F37 none", TEXT, "variations", "1 to 8.", variations="0"),
    bad("F37 less", TEXT, "variations", "1 to 8.", variations="-1"),
    bad("F37 nine", TEXT, "variations", "1 to 8.", variations="9"),
    bad("F37 very many", TEXT, "variations", "1 to 8.", variations="1000000000"),
    bad("F37 half", TEXT, "variations", "1 to 8.", variations="3.5"),
    bad("F43 missing", TEXT, "", "This form is too old. Check and send again.", submit_key=None),
    bad("F43 no key", TEXT, "", "This form is too old. Check and send again.", submit_key="1"),
    bad("F47 a setting", TEXT, "model", "This was sent twice. Choose once and send again.",
        model=["ray-2", "ray-flash-2"]),
    bad("F47 a slot", ANIMATE, "slot-start_frame", "One only.", start_frame=["{image}"] * 2),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "place", "sentence", "changes"), BAD)
def test_refused_at_its_field(
    client: Client,
    team: Team,
    ed: User,
    names: Names,
    kind: str,
    place: str,
    sentence: str,
    changes: dict[str, Any],
) -> None:
    data = posted(kind, names, **changes)
    before = Generation.objects.count()
    answer = press(client, team, ed, data)
    body = text(answer)
    assert answer.status_code == 422
    assert free_of_charge(before)
    summary = body.split('id="composer-problems"')[1].split("</ul>")[0]
    assert "Nothing was sent and nothing was charged." in summary
    assert sentence in summary
    if place:
        shown = re.search(r'id="composer-kind-\w+" value="(\w+)" checked', body)
        assert shown is not None
        own = place if place.startswith("slot-") else f"composer-{shown.group(1)}-{place}"
        assert at(body, "composer-prompt" if place == "prompt" else own).startswith(sentence)
    kept(body, data)


def kept(body: str, data: dict[str, Any]) -> None:
    """The text, the inputs, and a key to send it again."""
    typed = re.search(r'<textarea class="composer__text".*?>(.*?)</textarea>', body, re.DOTALL)
    assert typed is not None
    assert " ".join(data["prompt"].split()) == typed.group(1).strip()
    for value in data.values():
        if isinstance(value, list) and ":" in value[0]:
            assert f'value="{value[0]}"' in body
    assert re.search(r'name="submit_key" value="[0-9a-f-]{36}"', body)


def taken(row: str, kind: str, says: dict[str, Any], **changes: Any) -> Any:
    return pytest.param(kind, says, changes, id=row)


FILM = "🎬" * 5000
TAKEN = [
    taken("F04 5,000 emoji", TEXT, {"prompt": FILM}, prompt=FILM),
    taken("F06", TEXT, {"prompt": "A quiet harbour\nat night"},
          prompt="A quiet\x00 \x07harbour\nat night"),
    taken("F08 right to left", TEXT, {"prompt": "A \u202equiet harbour"},
          prompt="A \u202equiet harbour"),
    taken("F08 letters that look alike", TEXT, {"prompt": "А quiet hаrbour"},  # noqa: RUF001
          prompt="А quiet hаrbour"),  # noqa: RUF001
    taken("F17", TEXT, {"kind": TEXT}, start_frame="", end_frame=""),
    taken("F18 under way", "extend", {"kind": "extend", "state": "waiting"},
          start_frame=["{running}"]),
    taken("F20", "extend", {"kind": ANIMATE}, start_frame=["{image}"]),
    taken("F23 a weight alone", IMAGE, {"kind": IMAGE}, modify_image_ref_weight="0.5"),
    taken("F24 no face", IMAGE, {"kind": IMAGE}, character_ref=""),
    taken("F33 under way", "upscale", {"kind": "upscale", "state": "waiting"},
          source=["{running}"]),
    taken("F35", "add_audio", {"kind": "add_audio", "prompt": ""}, source=["{clip}"], prompt=""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "says", "changes"), TAKEN)
def test_taken_as_it_is_meant(
    client: Client,
    team: Team,
    ed: User,
    names: Names,
    kind: str,
    says: dict[str, Any],
    changes: dict[str, Any],
) -> None:
    answer = press(client, team, ed, posted(kind, names, **changes))
    assert answer.status_code == 200, at(text(answer), "composer-prompt")
    made = Generation.objects.latest("pk")
    assert {name: getattr(made, name) for name in says} == says
    if made.prompt:
        assert f'<p class="generation-card__prompt"><bdi>{made.title}</bdi>' in text(answer)


def test_a_weight_may_be_written_with_a_comma(
    client: Client, team: Team, ed: User, names: Names
) -> None:
    data = posted(IMAGE, names, style_ref=["{image}"], style_ref_weight="0,85")
    assert press(client, team, ed, data).status_code == 200
    assert GenerationInput.objects.get().weight == 0.85


def test_removed_characters_are_said(client: Client, team: Team, ed: User, names: Names) -> None:
    body = text(press(client, team, ed, posted(TEXT, names, prompt="A quiet\x00 harbour")))
    assert "Invisible characters were removed." in body


@pytest.mark.parametrize(
    "prompt",
    ["<script>alert(1)</script>", "{{7*7}}", '" hx-get="/x', "<a href=javascript:alert(1)>"],
)
def test_markup_is_text_wherever_it_stands(
    client: Client, team: Team, ed: User, names: Names, prompt: str
) -> None:
    answer = press(client, team, ed, posted(TEXT, names, prompt=prompt))
    made = Generation.objects.latest("pk")
    pages = [answer, client.get(made.get_absolute_url()), client.get(of_team("library", team))]
    for body in (page.content.decode() for page in pages):
        assert made.prompt == prompt
        assert escape(prompt) in body
        assert not re.search(r'<script>alert|" hx-get="/x|<a href=javascript|>49<', body)


def test_bytes_that_are_no_text_are_no_prompt(
    client: Client, team: Team, ed: User, names: Names
) -> None:
    before = Generation.objects.count()
    data = "&".join(f"{name}={value}" for name, value in posted(TEXT, names).items())
    data = data.replace(f"prompt={KEPT}", "prompt=A+quiet+%ff%fe+harbour")
    answer = press(client, team, ed, data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert LOST in text(answer)
    assert free_of_charge(before)


@pytest.mark.parametrize("source", ["foreign", "nobody"])
@pytest.mark.parametrize("kind", [ANIMATE, "extend", IMAGE])
def test_what_is_not_theirs_is_not_found(
    client: Client, team: Team, ed: User, names: Names, source: str, kind: str
) -> None:
    slot = "style_ref" if kind == IMAGE else "start_frame"
    data = posted(kind, names, **{slot: [f"{{{source}}}"]})
    before = Generation.objects.count()
    answer = press(client, team, ed, data)
    assert answer.status_code == 404
    said = text(answer)
    assert "is not there any more, or is not yours." in said
    assert "Nothing was charged." in said
    assert "Clear it or choose another." in said
    assert answer["HX-Retarget"] == "#toasts", "the composer stays as it is"
    assert free_of_charge(before)


def test_a_trashed_source_is_not_found(client: Client, team: Team, ed: User, names: Names) -> None:
    data = posted(ANIMATE, names, start_frame=["{image}"])
    Generation.objects.update(trashed_at=now())
    answer = press(client, team, ed, data)
    assert answer.status_code == 404
    assert "is not there any more, or is not yours." in text(answer)


def test_an_upload_of_another_team_is_not_found(
    client: Client, team: Team, ed: User, cleo: User, names: Names
) -> None:
    before = Generation.objects.count()
    theirs = footage(cleo.memberships.get().team, cleo, 8000)
    data = posted("modify_video", names, source=[f"upload:{theirs.uuid}"])
    answer = press(client, team, ed, data)
    assert answer.status_code == 404
    assert "Source is not there any more, or is not yours." in text(answer)
    assert free_of_charge(before)


@pytest.mark.parametrize("quoted", ["700000", "-1", None, "free", "1e400", "9" * 5000])
def test_a_price_that_is_not_ours_is_asked_about(
    client: Client, team: Team, ed: User, names: Names, quoted: str | None
) -> None:
    before = Generation.objects.count()
    answer = press(client, team, ed, posted(TEXT, names, quoted=quoted))
    body = text(answer)
    assert answer.status_code == 422
    said = "The price is now $0.71. Send again to accept. Nothing was charged."
    assert body.count(said) == 1
    kept(body, posted(TEXT, names))
    assert f'name="quoted" value="{FIVE_SECONDS}"' in body
    assert free_of_charge(before)


def test_a_price_that_was_tampered_with_buys_nothing_cheaper(
    client: Client, team: Team, ed: User, names: Names
) -> None:
    data = {**posted(TEXT, names, quoted="999999999"), "price": "1", "quote_micros": "1"}
    assert press(client, team, ed, data).status_code == 200
    assert Generation.objects.latest("pk").quote_micros == FIVE_SECONDS
    assert Account.objects.get().pending_micros == FIVE_SECONDS


def test_a_limit_that_is_one_cent_short_says_both_sums(
    client: Client, team: Team, ed: User, names: Names
) -> None:
    before = Generation.objects.count()
    account = open_account(team)
    account.limit_micros = FIVE_SECONDS - 10_000
    account.save()
    answer = press(client, team, ed, posted(TEXT, names))
    body = text(answer)
    assert answer.status_code == 422
    assert "This needs $0.71; your team has $0.70 left" in body
    assert "Nothing was sent or charged. An owner of the team can raise the limit." in body
    kept(body, posted(TEXT, names))
    assert free_of_charge(before)
    Account.objects.update(limit_micros=FIVE_SECONDS)
    assert press(client, team, ed, posted(TEXT, names)).status_code == 200


def test_a_key_that_was_used_elsewhere_gives_a_fresh_one(
    client: Client, team: Team, ed: User, names: Names
) -> None:
    other = Team.objects.create(name="Second", slug="second")
    Membership.objects.create(team=other, user=ed, role="editor")
    data = posted(TEXT, names)
    assert press(client, other, ed, data).status_code == 200
    answer = press(client, team, ed, data)
    body = text(answer)
    assert answer.status_code == 422
    assert "This form is too old. Check and send again." in body
    kept(body, data)
    fresh = re.search(r'name="submit_key" value="([0-9a-f-]{36})"', body)
    assert fresh is not None
    assert fresh.group(1) != data["submit_key"]
    again = press(client, team, ed, {**data, "submit_key": fresh.group(1)})
    assert again.status_code == 200


def test_whoever_may_no_longer_create_is_told_that_nothing_was_charged(
    client: Client, team: Team, ed: User, names: Names
) -> None:
    before = Generation.objects.count()
    data = posted(TEXT, names)
    Membership.objects.filter(user=ed).update(role="viewer")
    answer = press(client, team, ed, data)
    assert answer.status_code == 403
    said = "You can view but no longer create in this team. Nothing was charged."
    assert said in text(answer)
    assert free_of_charge(before)
    Membership.objects.filter(user=ed).update(role="editor")
    assert press(client, team, ed, data).status_code == 200


def test_a_team_that_was_left_or_deleted_leads_home(
    client: Client, team: Team, ed: User, names: Names
) -> None:
    before = Generation.objects.count()
    data = posted(TEXT, names)
    Membership.objects.filter(user=ed).delete()
    answer = as_person(client, ed).post(of_team("submit", team), data)
    body = text(answer)
    assert answer.status_code == 404
    assert "There is nothing here, or it is not yours to see. Nothing was charged." in body
    assert 'href="/"' in body
    assert free_of_charge(before)


def test_too_much_is_too_large(client: Client, team: Team, ed: User, names: Names) -> None:
    before = Generation.objects.count()
    many = {f"field{number}": "x" for number in range(1001)}
    files = {f"file{number}": SimpleUploadedFile("a.png", b"x") for number in range(200)}
    large = "Too large. Nothing was charged. Shorten the text, or choose a picture up to"
    numerous = "At most 10 files at a time. Nothing was charged."
    for more, said in ((many, large), ({"prompt": "a" * 3_000_000}, large), (files, numerous)):
        answer = press(client, team, ed, {**posted(TEXT, names), **more})
        assert answer.status_code == 413
        assert said in text(answer)
    assert free_of_charge(before)


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/xml", "text/html"]
)
def test_what_is_no_form_is_not_read(
    client: Client, team: Team, ed: User, content_type: str
) -> None:
    answer = press(client, team, ed, "{}", content_type=content_type)
    assert answer.status_code == 415
    assert "The studio reads forms only. Nothing was charged." in text(answer)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_changed_session_keeps_the_text(team: Team, ed: User, names: Names, htmx: bool) -> None:
    before = Generation.objects.count()
    strict = as_person(Client(enforce_csrf_checks=True), ed)
    headers = HTMX if htmx else {}
    answer = strict.post(of_team("submit", team), posted(TEXT, names), headers=headers)
    body = text(answer)
    assert answer.status_code == 403
    assert "Your session changed while this form was open." in body
    assert "your text is kept. Nothing was charged." in body
    assert not htmx or answer["HX-Retarget"] == "#toasts", "the composer stays as it is"
    assert free_of_charge(before)


@pytest.mark.parametrize("name", ["submit", "upload"])
def test_other_methods_do_nothing(client: Client, team: Team, ed: User, name: str) -> None:
    as_person(client, ed)
    for method in ("get", "head", "put", "patch", "delete", "trace", "options"):
        answer = getattr(client, method)(of_team(name, team))
        assert answer.status_code == 405, method
        assert answer["Allow"] == "POST"


def test_a_method_in_a_field_is_only_a_field(
    client: Client, team: Team, ed: User, names: Names
) -> None:
    data = {**posted(TEXT, names), "_method": "DELETE"}
    assert press(client, team, ed, data).status_code == 200


@pytest.mark.parametrize(
    "query",
    [{"before": bad} for bad in ("0", "-1", "abc", "1000000000000", "\x00", "%")]
    + [{"page": "0"}, {"page": "-1"}, {"sort": "password"}, {"sort": "'; drop table"}],
)
def test_a_page_that_does_not_exist_is_the_first(
    client: Client, team: Team, ed: User, query: dict[str, str]
) -> None:
    made = make(team, ed)
    answer = as_person(client, ed).get(of_team("library", team), query)
    assert answer.status_code == 200
    assert f'data-generation="{made.uuid}"' in text(answer)
