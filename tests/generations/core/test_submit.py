"""One press: all rows with their holds, or none; a second press with the same key makes nothing."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, transaction

from generations.actions import PriceChanged, make_again, submit
from generations.actions.trash import trash_generation
from generations.lifecycle import hints
from generations.luma.pricing import PriceEstimate, default_rates, format_price
from generations.models import Attempt, Event, Generation, GenerationInput, Kind, State
from generations.models.states import IN_PROGRESS, WITHOUT_RESULT
from generations.recipes.check import order_of
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from generations.recipes.kinds import KINDS, KindEntry
from generations.spending.actions import LimitReached
from generations.spending.models import Account, LedgerEntry
from studio.accounts.models import User
from studio.errors import Conflict, NotFound, StudioError
from studio.teams.access import Seat
from studio.teams.models import Membership, Role, Team
from tests.generations.compositions import recipe_of
from tests.generations.core.conftest import (
    PRICE,
    Queue,
    animation,
    attempt_of,
    press,
    shot,
    still,
)
from tests.spending.ledger import check_books, entries_of
from tests.spending.racing import at_once

OnCommit = Callable[..., object]


@pytest.fixture(autouse=True)
def no_look_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pasted addresses pass their checks unless they say otherwise; no name is resolved."""

    def check(url: str) -> str | None:
        return None if url.startswith("https://pictures.") else "This address cannot be used."

    monkeypatch.setattr("generations.recipes.inputs.address_problem", check)


def nothing_happened() -> bool:
    rows = (Generation, GenerationInput, Attempt, LedgerEntry, Event)
    return not any(table.objects.exists() for table in rows)


def finished(made: Generation, state: State = State.COMPLETED) -> Generation:
    Generation.objects.filter(pk=made.pk).update(state=state)
    made.refresh_from_db()
    return made


def test_a_click_writes_the_generation_its_attempt_its_money_and_its_event(
    seat: Seat, queue: Queue
) -> None:
    made = press(seat, quoted=PRICE)[0]
    attempt = attempt_of(made)
    assert (made.state, made.media_type, made.seconds) == (State.QUEUED, "video", 5)
    assert (made.prompt, made.model, made.resolution) == ("a calm lake at dawn", "ray-2", "720p")
    assert (attempt.outcome, attempt.number, entries_of(attempt)) == ("planned", 1, "hold")
    assert made.quote_micros == Account.objects.get().pending_micros == PRICE
    event = Event.objects.get()
    assert (event.verb, event.actor, event.to_state) == ("user.queued", seat.user, "queued")


def test_the_queue_hears_of_it_after_the_commit(
    seat: Seat, queue: Queue, django_capture_on_commit_callbacks: OnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        made = press(seat)[0]
        assert queue == []
    assert queue == [("submit_generation", made.pk)]


def test_a_queue_that_is_down_loses_nothing(
    seat: Seat,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    def down(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(hints, "async_task", down)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        made = press(seat)[0]
    assert Generation.objects.get() == made


def submit_draft(
    seat: Seat, draft: Draft, key: UUID, quoted: int | None
) -> tuple[list[Generation], bool]:
    return submit(seat, order_of(seat, draft), submit_key=key, quoted_micros=quoted)


def test_the_same_click_twice_is_one_generation(seat: Seat, queue: Queue) -> None:
    key = uuid4()
    first, fresh_press = submit_draft(seat, shot(), key, PRICE)
    second, repeated = submit_draft(seat, shot("another"), key, PRICE)
    assert (fresh_press, repeated) == (False, True)
    assert second == first
    assert LedgerEntry.objects.count() == 1


def test_a_repeated_click_needs_no_price_and_no_sound_recipe(seat: Seat, queue: Queue) -> None:
    key = uuid4()
    made = press(seat, key=key)
    again, repeated = submit_draft(seat, shot(""), key, None)
    assert repeated
    assert again == made


def test_somebody_elses_key_is_no_repetition(seat: Seat, queue: Queue, ada: User) -> None:
    key = uuid4()
    press(seat, key=key)
    press(Seat(seat.team, ada, Role.OWNER), key=key)
    assert Generation.objects.count() == 2


def test_a_key_used_in_another_team_is_an_old_form(seat: Seat, queue: Queue) -> None:
    key = uuid4()
    press(seat, key=key)
    other = Team.objects.create(name="Second", slug="second")
    Membership.objects.create(team=other, user=seat.user, role=Role.EDITOR)
    with pytest.raises(Conflict, match="too old"):
        press(Seat(other, seat.user, Role.EDITOR), key=key)
    assert Generation.objects.count() == 1
    check_books()


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one_generation_and_one_hold(seat: Seat, queue: Queue) -> None:
    key = uuid4()
    made: list[tuple[int, bool]] = []

    def click(number: int) -> None:
        rows, repeated = submit_draft(seat, shot(), key, PRICE)
        made.append((rows[0].pk, repeated))

    assert at_once(20, click) == []
    assert len({pk for pk, _ in made}) == 1
    assert sorted(repeated for _, repeated in made) == [False] + [True] * 19
    assert Generation.objects.count() == Attempt.objects.count() == LedgerEntry.objects.count() == 1
    check_books()


@pytest.mark.django_db(transaction=True)
def test_parallel_clicks_never_pass_the_limit(seat: Seat, queue: Queue) -> None:
    Account.objects.create(team=seat.team, limit_micros=3 * PRICE)
    refused: list[int] = []

    def click(number: int) -> None:
        try:
            press(seat)
        except LimitReached:
            refused.append(number)

    assert at_once(8, click) == []
    assert (Generation.objects.count(), len(refused)) == (3, 5)
    assert Account.objects.get().pending_micros == 3 * PRICE
    check_books()


# The price


def test_a_dearer_price_is_asked_about_first(seat: Seat, queue: Queue) -> None:
    with pytest.raises(PriceChanged) as asked:
        press(seat, quoted=PRICE - 1)
    price = format_price(PRICE, estimate=False)
    assert asked.value.sentence == (
        f"The price is now {price}. Send again to accept. Nothing was charged."
    )
    assert asked.value.micros == PRICE
    assert nothing_happened()


def test_a_cheaper_price_is_taken_as_it_is_now(seat: Seat, queue: Queue) -> None:
    press(seat, quoted=PRICE * 2)
    assert Account.objects.get().pending_micros == PRICE


def test_a_price_that_became_known_is_asked_about(seat: Seat, queue: Queue) -> None:
    with pytest.raises(PriceChanged):
        press(seat, quoted=None)
    assert nothing_happened()


@pytest.fixture
def priceless(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rate for anything."""
    rates = default_rates()
    unknown = PriceEstimate(None, rates.source, rates.as_of)
    monkeypatch.setattr(KindEntry, "price", lambda *_, **__: unknown)


@pytest.mark.usefixtures("priceless")
def test_a_price_that_is_no_longer_known_is_asked_about(seat: Seat, queue: Queue) -> None:
    with pytest.raises(PriceChanged, match="The price is now not known"):
        press(seat, quoted=PRICE)
    assert nothing_happened()


@pytest.mark.usefixtures("priceless")
def test_an_unknown_price_that_was_shown_as_unknown_goes_through(seat: Seat, queue: Queue) -> None:
    made = press(seat, quoted=None)[0]
    assert made.quote_micros is None
    assert LedgerEntry.objects.get().micros == 0


@pytest.mark.usefixtures("priceless")
def test_an_unknown_price_is_refused_under_a_limit(seat: Seat, queue: Queue) -> None:
    Account.objects.create(team=seat.team, limit_micros=10**12)
    with pytest.raises(LimitReached, match="unknown"):
        press(seat, quoted=None)
    assert nothing_happened()


# Variations


def test_variations_are_rows_with_a_hold_each(seat: Seat, queue: Queue) -> None:
    made = press(seat, replace(shot(), variations=4), quoted=4 * PRICE)
    assert [one.submit_index for one in made] == [0, 1, 2, 3]
    assert {entries_of(attempt_of(one)) for one in made} == {"hold"}
    assert Account.objects.get().pending_micros == 4 * PRICE
    assert len({one.fingerprint for one in made}) == 1


def test_the_quote_is_for_all_variations(seat: Seat, queue: Queue) -> None:
    with pytest.raises(PriceChanged):
        press(seat, replace(shot(), variations=4), quoted=4 * PRICE - 1)
    assert nothing_happened()


def test_variations_that_the_limit_splits_are_not_sent_at_all(seat: Seat, queue: Queue) -> None:
    Account.objects.create(team=seat.team, limit_micros=4 * PRICE - 1)
    with pytest.raises(LimitReached):
        press(seat, replace(shot(), variations=4))
    assert nothing_happened()
    check_books()


@pytest.mark.parametrize("count", [0, -1, 9, 10**9])
def test_a_senseless_number_of_variations_is_refused(count: int, seat: Seat, queue: Queue) -> None:
    assert problems(seat, replace(shot(), variations=count)) == {"variations": "1 to 8."}


# What can be wrong


def problems(seat: Seat, recipe: Draft) -> dict[str, str]:
    with pytest.raises(StudioError) as refused:
        press(seat, recipe)
    assert refused.value.sentence == "Nothing was sent and nothing was charged."
    assert nothing_happened()
    return refused.value.fields


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("", "Write a prompt or add a start image."),
        ("  \n \t ", "Write a prompt or add a start image."),
        ("\u200b\u2060\ufeff", "Write a prompt or add a start image."),
        ("ok", "At least 3 characters."),
        ("x" * 5001, "5,000 is the most Luma accepts; yours has 5,001."),
        ("\U0001f30a" * 5001, "5,000 is the most Luma accepts; yours has 5,001."),
    ],
)
def test_a_prompt_that_luma_would_refuse_is_refused_here(
    prompt: str, sentence: str, seat: Seat, queue: Queue
) -> None:
    assert problems(seat, shot(prompt)) == {"prompt": sentence}


@pytest.mark.parametrize("prompt", ["x" * 5000, "\U0001f30a" * 5000, "abc", "<script>{{7*7}}"])
def test_a_prompt_at_the_edge_goes_through_unchanged(prompt: str, seat: Seat, queue: Queue) -> None:
    assert press(seat, shot(prompt))[0].prompt == prompt


def test_control_characters_go_and_lines_stay(seat: Seat, queue: Queue) -> None:
    made = press(seat, shot(" a\x00 lake\r\nat\x07 dawn\x1b[0m \ud800"))[0]
    assert made.prompt == "a lake\nat dawn[0m"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("model", "ray-1-6", "This model is not available. Choose one of the list."),
        ("model", "photon-1", "This model is not available. Choose one of the list."),
        ("aspect_ratio", "16:10", "Choose one of 7 ratios."),
        ("resolution", "8k", "Choose 540p, 720p, 1080p or 4k."),
        ("duration", "7s", "5 s or 9 s."),
        ("duration", "-5s", "5 s or 9 s."),
    ],
)
def test_a_choice_that_is_not_offered_is_refused(
    field: str, value: str, sentence: str, seat: Seat, queue: Queue
) -> None:
    assert problems(seat, shot(**{field: value})) == {field: sentence}


def test_a_picture_in_a_format_that_is_not_offered_is_refused(seat: Seat, queue: Queue) -> None:
    recipe = replace(still(), settings={**still().settings, "format": "gif"})
    assert problems(seat, recipe) == {"format": "Choose JPEG or PNG."}


def test_every_problem_is_said_at_once(seat: Seat, queue: Queue) -> None:
    recipe = replace(shot("x", model="ray-3", duration="1s"), variations=99)
    assert set(problems(seat, recipe)) == {"prompt", "model", "duration", "variations"}


def test_a_kind_that_cannot_be_made_here_is_refused(
    seat: Seat, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(KINDS, Kind.TEXT_TO_VIDEO)
    assert set(problems(seat, shot())) == {"kind"}


# Inputs


def test_an_animation_without_its_picture_is_refused(seat: Seat, queue: Queue) -> None:
    assert problems(seat, animation()) == {"start_frame": "Add a start frame or an end frame."}


def test_two_pictures_in_one_slot_are_one_too_many(seat: Seat, queue: Queue) -> None:
    picture = InputChoice("start_frame", url="https://pictures.example.org/a.jpg")
    assert problems(seat, animation(picture, picture)) == {"start_frame": "One only."}


def test_an_address_is_checked(seat: Seat, queue: Queue) -> None:
    picture = InputChoice("start_frame", url="https://127.0.0.1/a.jpg")
    assert problems(seat, animation(picture)) == {"start_frame": "This address cannot be used."}


def test_an_address_longer_than_is_kept_is_refused(seat: Seat, queue: Queue) -> None:
    long = "https://pictures.example.org/".ljust(2001, "a")
    assert problems(seat, animation(InputChoice("start_frame", url=long))) == {
        "start_frame": "The address is too long: 2,000 characters at most."
    }
    press(seat, animation(InputChoice("start_frame", url=long[:-1])))


def test_an_address_is_kept_as_the_input_of_every_variation(seat: Seat, queue: Queue) -> None:
    picture = InputChoice("start_frame", url=" https://pictures.example.org/a.jpg ")
    made = press(seat, replace(animation(picture), variations=3))
    rows = [one.inputs.get() for one in made]
    assert {row.url for row in rows} == {"https://pictures.example.org/a.jpg"}
    assert len({row.pk for row in rows}) == 3


def test_a_picture_needs_no_prompt_beside_it(seat: Seat, queue: Queue) -> None:
    picture = InputChoice("start_frame", url="https://pictures.example.org/a.jpg")
    assert press(seat, animation(picture, prompt=""))[0].prompt == ""


def test_a_picture_of_the_library_is_the_input(seat: Seat, queue: Queue) -> None:
    source = finished(press(seat, still())[0])
    made = press(seat, animation(InputChoice("start_frame", generation=source.uuid)))[0]
    assert made.inputs.get().source == source


@pytest.mark.parametrize("state", sorted(IN_PROGRESS))
def test_a_source_that_is_under_way_is_waited_for(state: State, seat: Seat, queue: Queue) -> None:
    source = finished(press(seat, still())[0], state)
    made = press(seat, animation(InputChoice("start_frame", generation=source.uuid)))[0]
    assert made.state == State.WAITING
    assert made.note.startswith("Waiting for")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        *((state, "It did not come to be") for state in sorted(WITHOUT_RESULT)),
        (State.NEEDS_DECISION, "It cannot be used before somebody has decided about it."),
        (State.AWAITING_APPROVAL, "It cannot be used before somebody has decided about it."),
    ],
)
def test_a_source_that_will_not_come_says_why_it_cannot_be_used(
    state: State, sentence: str, seat: Seat, queue: Queue
) -> None:
    source = finished(press(seat, still())[0], state)
    with pytest.raises(StudioError) as refused:
        press(seat, animation(InputChoice("start_frame", generation=source.uuid)))
    assert refused.value.fields["start_frame"].startswith(sentence)
    assert Generation.objects.count() == 1


def test_a_video_at_the_start_makes_it_an_extension(seat: Seat, queue: Queue) -> None:
    source = finished(press(seat)[0])
    made = press(seat, animation(InputChoice("start_frame", generation=source.uuid)))[0]
    assert made.kind == Kind.EXTEND


def test_somebody_elses_picture_is_not_found(seat: Seat, queue: Queue, cleo: User) -> None:
    elsewhere = Seat(Team.objects.get(slug="elsewhere"), cleo, Role.OWNER)
    foreign = finished(press(elsewhere, still())[0])
    with pytest.raises(NotFound):
        press(seat, animation(InputChoice("start_frame", generation=foreign.uuid)))
    press(elsewhere, animation(InputChoice("start_frame", generation=foreign.uuid)))
    assert Generation.objects.count() == 2


@pytest.mark.parametrize("kind", ["generation", "upload"])
def test_an_input_that_does_not_exist_is_not_found(kind: str, seat: Seat, queue: Queue) -> None:
    choice = InputChoice("start_frame", **{kind: uuid4()})  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        press(seat, animation(choice))
    assert nothing_happened()


def test_a_private_picture_of_another_member_is_not_found(
    seat: Seat, queue: Queue, ada: User
) -> None:
    private = finished(press(Seat(seat.team, ada, Role.OWNER), still())[0])
    Generation.objects.filter(pk=private.pk).update(visibility="private")
    with pytest.raises(NotFound):
        press(seat, animation(InputChoice("start_frame", generation=private.uuid)))


def test_what_lies_in_the_trash_is_not_found(seat: Seat, queue: Queue) -> None:
    source = finished(press(seat, still())[0])
    trash_generation(source, acting_user=seat.user)
    with pytest.raises(NotFound):
        press(seat, animation(InputChoice("start_frame", generation=source.uuid)))


# All or nothing, and again


def test_a_hold_that_breaks_leaves_nothing(
    seat: Seat, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(team: Team, amounts: dict[UUID, int | None]) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("generations.actions.submission.place_holds", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        press(seat, replace(shot(), variations=2))
    assert nothing_happened()


def test_made_again_it_is_a_new_generation_with_the_same_recipe(seat: Seat, queue: Queue) -> None:
    picture = InputChoice("start_frame", url="https://pictures.example.org/a.jpg", weight=0.5)
    first = press(seat, animation(picture, loop=True))[0]
    second = make_again(seat, first, submit_key=uuid4(), quoted_micros=PRICE)
    assert second.pk != first.pk
    assert recipe_of(second) == recipe_of(first)
    assert second.fingerprint == first.fingerprint
    assert Account.objects.get().pending_micros == 2 * PRICE


def test_another_recipe_has_another_fingerprint(seat: Seat, queue: Queue) -> None:
    made = [press(seat, recipe)[0] for recipe in (shot(), shot("else"), shot(loop=True), still())]
    assert len({one.fingerprint for one in made}) == 4
