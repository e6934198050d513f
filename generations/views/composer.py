"""Views of the composer: its page, its steps, its price, its slots, and the press of Generate."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations import queries
from generations.actions import Submission
from generations.composer import (
    Composer,
    Into,
    Sent,
    contents_in,
    keep,
    look_up,
    looks_of,
    open_composer,
    picked,
    price_of,
    send,
    take_file,
    take_step,
)
from generations.composer.shelf import shelf
from generations.forms import Draft, read_draft
from generations.kinds import KINDS
from generations.kinds.entry import IMAGE
from generations.luma.pricing import format_price
from generations.media.address_checks import check_addresses
from generations.models import Kind
from generations.views.doors import free_when_refused, takes_forms
from generations.views.library import news, poller
from studio.accounts.access import login_required
from studio.errors import NotFound, StudioError
from studio.http import StudioRequest
from studio.teams.access import Seat, open_seat


@login_required
@free_when_refused
@takes_forms
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StudioRequest, team: str) -> HttpResponse:
    """The composer on its own page, or after one step in it; htmx gets the composer alone."""
    where = open_seat(request.user, team, "create")
    shell = queries.shell(where, "create")
    if request.method == "POST":
        composer = take_step(where, request.POST, request.FILES, request.GET, shell["balance"])
    else:
        composer = open_composer(where, request.GET, shell["balance"])
    context = {**shell, **poller(where, []), **picks(where, composer.draft, composer.picking)}
    context |= shelf(where, composer.opened, request.GET)
    answer = compose(request, composer, context)
    # Who comes back to it finds the form that was sent, whose key makes nothing twice.
    answer["Cache-Control"] = "private, no-cache"
    return answer


def compose(
    request: StudioRequest, composer: Composer, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Answer with the composer: alone to an htmx POST, on its page to everyone else."""
    alone = request.method == "POST" and request.htmx
    template = "generations/_composer.html" if alone else "generations/create.html"
    return render(request, template, {**context, "composer": composer}, status=status)


@login_required
@takes_forms
@require_POST
def draft(request: StudioRequest, team: str) -> HttpResponse:
    """Keep what stands in the composer, by itself and without a word."""
    where = open_seat(request.user, team, "create")
    keep(where, read_draft(request.POST), by_itself=True)
    return HttpResponse(status=204)


@login_required
@takes_forms
@require_http_methods(["GET", "HEAD", "POST"])
def quote(request: StudioRequest, team: str) -> HttpResponse:
    """The button with the price of what is given; a prompt and rows may be too long for a query."""
    where = open_seat(request.user, team, "quote")
    given = request.POST if request.method == "POST" else request.GET
    drafted = read_draft(given)
    contents = contents_in(look_up(where, drafted))
    price = price_of(drafted, queries.shell(where)["balance"], contents)
    price.asking = price.much and given.get("asked") == price.agreement
    return render(request, "generations/_price.html", {"price": price, "seat": where})


@login_required
@takes_forms
@require_POST
def look(request: StudioRequest, team: str) -> HttpResponse:
    """Look at the addresses in the slots; what was found at each. Network, some seconds."""
    where = open_seat(request.user, team, "use_as_input")
    draft = read_draft(request.POST)
    check_addresses(looks_of(look_up(where, draft)))
    composer = Composer(where, draft, None)
    composer.looked = True
    answer = render(request, "generations/_looked.html", {"slots": composer.slots})
    answer["HX-Trigger"] = "looked"
    return answer


@login_required
@free_when_refused
@takes_forms
@require_POST
def submit(request: StudioRequest, team: str) -> HttpResponse:
    """Generate. The composer comes back with what it made, or with every reason why not."""
    where = open_seat(request.user, team, "create")
    shell = queries.shell(where, "create")
    keep(where, read_draft(request.POST))
    sent = send(where, request.POST, request.FILES, shell["balance"])
    keep(where, sent.composer.draft)
    if sent.submission is None:
        context = {**shell, **poller(where, [])}
        return compose(request, sent.composer, context, status=200 if sent.composer.asking else 422)
    if not request.htmx:
        for note in sent.composer.notes:
            messages.info(request, note)
        return HttpResponseRedirect(after(where, sent.submission))
    shell = queries.shell(where)
    sent.composer.balance = shell["balance"]
    context = {**shell, **submitted(where, sent, sent.submission), "composer": sent.composer}
    return render(request, "generations/_submitted.html", context)


def after(where: Seat, submission: Submission) -> str:
    """Where a browser without JavaScript goes: the one result, or the library with several."""
    made = submission.generations
    if len(made) == 1:
        return made[0].get_absolute_url()
    return reverse("generations:library", args=(where.team.slug,))


def submitted(where: Seat, sent: Sent, submission: Submission) -> dict[str, object]:
    """The new cards and the sentence for the live region; a repeated press adds no card."""
    made = submission.generations
    if submission.repeated:
        return news(where, made, [])
    media = sent.composer.entry.media_type
    several = "s" if len(made) > 1 else ""
    known = [row.quote_micros for row in made if row.quote_micros is not None]
    about = format_price(sum(known) if len(known) == len(made) else None).removeprefix("≈ ")
    said = f"Sent to queue: {len(made)} {media}{several}, about {about}."
    return {**news(where, [], made[::-1]), "said": said}


@login_required
@require_safe
def pick(request: StudioRequest, team: str) -> HttpResponse:
    """What a slot may take, one page: for the dialog."""
    where = open_seat(request.user, team, "use_as_input")
    kind = request.GET.get("kind", "")
    empty = Draft(kind=Kind(kind)) if kind in KINDS else Draft()
    name = request.GET.get("slot", "")
    before = request.GET.get("before")
    context = {"seat": where, **picks(where, empty, name, before)}
    if "into" not in context:
        raise NotFound
    page = "generations/_picker_items.html" if before else "generations/_picker_list.html"
    return render(request, page, context)


def picks(where: Seat, draft: Draft, name: str, before: str | None = None) -> dict[str, object]:
    """The context of the picker; nothing where the kind has no such slot."""
    slot = draft.entry.slot(name)
    if slot is None:
        return {}
    slug = (where.team.slug,)
    into = Into(
        name,
        form="composer-form",
        url=reverse("generations:create", args=slug),
        target="#composer",
        put=f"put:{name}",
        more=f"{reverse('generations:pick', args=slug)}?slot={name}&kind={draft.kind}",
        missing="pictures" if IMAGE in slot.accepts else "videos",
    )
    return picked(where, slot.accepts, into, before)


@login_required
@free_when_refused
@takes_forms
@require_POST
def upload(request: StudioRequest, team: str) -> JsonResponse:
    """Store a picture or a video for a slot; answers with the reference that the slot keeps."""
    where = open_seat(request.user, team, "upload")
    file = request.FILES.get("file")
    if file is None:
        raise StudioError("No whole file arrived. Choose one and send it again.")
    stored = take_file(where, file)
    answer = {"reference": f"upload:{stored.uuid}", "notice": stored.notice}
    return JsonResponse(answer, status=201)
