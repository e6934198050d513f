"""Views of the composer: its page, its steps, its price, its slots, and the press of Generate."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.composer.files import take_file
from generations.composer.opening import check_posted, open_composer, take_step
from generations.composer.press import Press, press
from generations.composer.reading import read_draft
from generations.composer.saved import keep
from generations.luma.pricing import format_price
from generations.models import Generation, Kind
from generations.pages.composer import ShownComposer
from generations.pages.live import news, poller
from generations.pages.picker import PickTarget, picker_context
from generations.pages.presets import open_list
from generations.pages.shell import shell_of
from generations.recipes.again import total_of
from generations.recipes.check import order_of
from generations.recipes.draft import Draft
from generations.recipes.kinds import KINDS
from generations.recipes.kinds.slots import IMAGE
from generations.recipes.price import price_of
from generations.views.decorators import free_when_refused, takes_forms
from studio.errors import NotFound, StudioError
from studio.http import StudioRequest
from studio.teams.access import Seat
from studio.teams.decorators import in_team


@require_http_methods(["GET", "HEAD", "POST"])
@in_team("create")
@free_when_refused
@takes_forms
def create(request: StudioRequest, seat: Seat) -> HttpResponse:
    """The composer on its own page, or after one step in it; htmx gets the composer alone."""
    shell = shell_of(seat, "create")
    if request.method == "POST":
        composer = take_step(seat, request.POST, request.FILES, request.GET, shell["balance"])
    else:
        composer = open_composer(seat, request.GET, shell["balance"])
    context = {**shell, **poller(seat, []), **picks(seat, composer.draft, composer.picking)}
    context |= open_list(seat, composer.opened, request.GET)
    answer = compose(request, composer, context)
    # Who comes back to it finds the form that was sent, whose key makes nothing twice.
    answer["Cache-Control"] = "private, no-cache"
    return answer


def compose(
    request: StudioRequest, composer: ShownComposer, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Answer with the composer: alone to an htmx POST, on its page to everyone else."""
    alone = request.method == "POST" and request.htmx
    template = "generations/_composer.html" if alone else "generations/create.html"
    return render(request, template, {**context, "composer": composer}, status=status)


@require_POST
@in_team("create")
@takes_forms
def draft(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Keep what stands in the composer, by itself and without a word."""
    keep(seat, read_draft(request.POST), by_itself=True)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@in_team("quote")
@takes_forms
def quote(request: StudioRequest, seat: Seat) -> HttpResponse:
    """The button with the price of what is given; a prompt and rows may be too long for a query."""
    given = request.POST if request.method == "POST" else request.GET
    price = price_of(order_of(seat, read_draft(given)), shell_of(seat)["balance"])
    price.asking = price.much and given.get("asked") == price.agreement
    return render(request, "generations/_price.html", {"price": price, "seat": seat})


@require_POST
@in_team("use_as_input")
@takes_forms
def check_inputs(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Check the addresses in the slots, and answer with what was found. Network, some seconds."""
    composer = check_posted(seat, request.POST)
    answer = render(request, "generations/_address_checks.html", {"slots": composer.slots})
    answer["HX-Trigger"] = "addresses-checked"
    return answer


@require_POST
@in_team("create")
@free_when_refused
@takes_forms
def submit(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Generate. The composer comes back with what it made, or with every reason why not."""
    pressed = press(seat, request.POST, request.FILES)
    composer = pressed.composer
    shell = shell_of(seat, "create")
    composer.balance = shell["balance"]
    if not pressed.made:
        context = {**shell, **poller(seat, [])}
        return compose(request, composer, context, status=200 if composer.asking else 422)
    if not request.htmx:
        for note in composer.notes:
            messages.info(request, note)
        return HttpResponseRedirect(page_after(seat, pressed.made))
    context = {**shell, **submitted(seat, pressed), "composer": composer}
    return render(request, "generations/_submitted.html", context)


def page_after(seat: Seat, made: list[Generation]) -> str:
    """Where a browser without JavaScript goes: the one result, or the library with several."""
    if len(made) == 1:
        return made[0].get_absolute_url()
    return reverse("generations:library", args=(seat.team.slug,))


def submitted(seat: Seat, pressed: Press) -> dict[str, object]:
    """The new cards and the sentence for the live region; a repeated press adds no card."""
    made = pressed.made
    if pressed.repeated:
        return news(seat, made, [])
    media = pressed.composer.entry.media_type
    several = "s" if len(made) > 1 else ""
    about = format_price(total_of([row.quote_micros for row in made])).removeprefix("≈ ")
    said = f"Sent to queue: {len(made)} {media}{several}, about {about}."
    return {**news(seat, [], made[::-1]), "said": said}


@require_safe
@in_team("use_as_input")
def pick(request: StudioRequest, seat: Seat) -> HttpResponse:
    """What a slot may take, one page: for the dialog."""
    kind = request.GET.get("kind", "")
    empty = Draft(kind=Kind(kind)) if kind in KINDS else Draft()
    name = request.GET.get("slot", "")
    before = request.GET.get("before")
    context = {"seat": seat, **picks(seat, empty, name, before)}
    if "into" not in context:
        raise NotFound
    page = "generations/_picker_items.html" if before else "generations/_picker_list.html"
    return render(request, page, context)


def picks(seat: Seat, draft: Draft, name: str, before: str | None = None) -> dict[str, object]:
    """The context of the picker; nothing where the kind has no such slot."""
    slot = draft.entry.slot(name)
    if slot is None:
        return {}
    slug = (seat.team.slug,)
    into = PickTarget(
        name,
        form="composer-form",
        url=reverse("generations:create", args=slug),
        target="#composer",
        put=f"put:{name}",
        more=f"{reverse('generations:pick', args=slug)}?slot={name}&kind={draft.kind}",
        missing="pictures" if IMAGE in slot.accepts else "videos",
    )
    return picker_context(seat, slot.accepts, into, before)


@require_POST
@in_team("upload")
@free_when_refused
@takes_forms
def upload(request: StudioRequest, seat: Seat) -> JsonResponse:
    """Store a picture or a video for a slot; answers with the reference that the slot keeps."""
    file = request.FILES.get("file")
    if file is None:
        raise StudioError("No whole file arrived. Choose one and send it again.")
    stored = take_file(seat, file)
    answer = {"reference": f"upload:{stored.uuid}", "notice": stored.notice}
    return JsonResponse(answer, status=201)
