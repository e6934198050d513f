"""Views of the composer: its page, its steps, its price, its slots, and the press of Generate."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.composer.files import take_file
from generations.composer.opening import check_posted, open_composer, take_step
from generations.composer.press import press
from generations.composer.reading import read_draft
from generations.composer.saved import save_composer
from generations.models import Generation, Kind
from generations.pages.live import changes_after_press, library_poller
from generations.pages.part import context_of
from generations.pages.picker import composer_picks
from generations.pages.presets import open_list
from generations.pages.shell import shell_of
from generations.recipes.check import order_of
from generations.recipes.draft import Draft
from generations.recipes.kinds import KINDS
from generations.recipes.price import price_of
from generations.views.answers import answer_composer
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
    """Show the composer, or the composer after one step; htmx gets the composer alone."""
    shell = shell_of(seat, "create")
    if request.method == "POST":
        composer = take_step(seat, request.POST, request.FILES, request.GET, shell.balance)
    else:
        composer = open_composer(seat, request.GET, shell.balance)
    picks = composer_picks(seat, composer.draft, composer.picking)
    parts = [shell, library_poller(seat, []), *([picks] if picks else [])]
    opened = open_list(seat, composer.opened, request.GET)
    answer = answer_composer(request, composer, context_of(*parts, **opened))
    # The browser's Back shows the form that was sent; its submit key makes nothing twice.
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_POST
@in_team("create")
@takes_forms
def draft(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Save the composer's draft. The browser asks for it by itself, so the answer is empty."""
    save_composer(seat, read_draft(request.POST), automatic=True)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@in_team("quote")
@takes_forms
def quote(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the button with the price. A POST too: prompt and rows may be too long for a query."""
    given = request.POST if request.method == "POST" else request.GET
    price = price_of(order_of(seat, read_draft(given)), shell_of(seat).balance)
    price.asking = price.needs_agreement and given.get("asked") == price.agreement
    return render(request, "generations/_price.html", {"price": price, "seat": seat})


@require_POST
@in_team("use_as_input")
@takes_forms
def check_inputs(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Check the addresses in the slots and show the results. Uses the network for some seconds."""
    composer = check_posted(seat, request.POST)
    answer = render(request, "generations/_address_checks.html", {"slots": composer.slots})
    answer["HX-Trigger"] = "addresses-checked"
    return answer


@require_POST
@in_team("create")
@free_when_refused
@takes_forms
def submit(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Submit. Shows the new cards, or the composer with every reason why it cannot be sent."""
    pressed = press(seat, request.POST, request.FILES)
    composer = pressed.composer
    shell = shell_of(seat, "create")
    composer.balance = shell.balance
    if not pressed.made:
        context = context_of(shell, library_poller(seat, []))
        return answer_composer(request, composer, context, 200 if composer.asking else 422)
    if not request.htmx:
        for note in composer.notes:
            messages.info(request, note)
        return HttpResponseRedirect(page_after(seat, pressed.made))
    changes = changes_after_press(seat, pressed.made, repeated=pressed.repeated)
    context = context_of(shell, changes, composer=composer)
    return render(request, "generations/_submitted.html", context)


def page_after(seat: Seat, made: list[Generation]) -> str:
    """Return the page for a browser without JavaScript: the one result, or the library."""
    if len(made) == 1:
        return made[0].get_absolute_url()
    return reverse("generations:library", args=(seat.team.slug,))


@require_safe
@in_team("use_as_input")
def pick(request: StudioRequest, seat: Seat) -> HttpResponse:
    """List one page of what a slot takes, for the picker."""
    kind = request.GET.get("kind", "")
    empty = Draft(kind=Kind(kind)) if kind in KINDS else Draft()
    name = request.GET.get("slot", "")
    before = request.GET.get("before")
    picks = composer_picks(seat, empty, name, before)
    if picks is None:
        raise NotFound
    page = "generations/_picker_items.html" if before else "generations/_picker_list.html"
    return render(request, page, context_of(picks, seat=seat))


@require_POST
@in_team("upload")
@free_when_refused
@takes_forms
def upload(request: StudioRequest, seat: Seat) -> JsonResponse:
    """Store a picture or a video for a slot; answers with its reference as JSON."""
    file = request.FILES.get("file")
    if file is None:
        raise StudioError("No whole file arrived. Choose one and send it again.")
    stored = take_file(seat, file)
    answer = {"reference": f"upload:{stored.uuid}", "notice": stored.notice}
    return JsonResponse(answer, status=201)
