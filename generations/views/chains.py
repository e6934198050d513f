"""Views of chains: the list, the form with its price, a chain's page, and its repair."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations import access
from generations.actions.chains import repair_chain
from generations.composer.chain import AddedFiles, add_files, press_chain, read_chain
from generations.composer.form import OLD_FORM
from generations.models import Chain
from generations.pages.chain import ShownChain, chain_page
from generations.pages.chain_form import ShownChainForm
from generations.pages.live import EVERY
from generations.pages.picker import PickTarget, picker_context
from generations.pages.shell import shell_of
from generations.recipes.kinds.slots import CLIP, IMAGE
from generations.views.decorators import free_when_refused, takes_forms
from studio.errors import StudioError
from studio.forms import read_count, read_uuid
from studio.http import StudioRequest
from studio.teams.access import Seat
from studio.teams.decorators import in_team

NEW = "chains/new.html"
FORM = "chains/_form.html"


@require_safe
@in_team("view_library")
def chains(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Every chain of the team, newest first."""
    before = read_uuid(request.GET.get("before"))
    rows, following = chain_page(seat, before)
    context = {**shell_of(seat, "chains"), "chains": rows, "next": following}
    return render(request, "chains/chains.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_team("create")
@free_when_refused
@takes_forms
def chain_new(request: StudioRequest, seat: Seat) -> HttpResponse:
    """The form of a chain, or after one step in it; htmx gets the form alone."""
    step = request.POST.get("do", "")
    draft = read_chain(request.POST if request.method == "POST" else request.GET).after(step)
    brought = add_files(seat, draft, request.FILES.getlist("item_file"))
    return form_page(request, seat, brought, picking=step == "pick")


def form_page(
    request: StudioRequest,
    seat: Seat,
    brought: AddedFiles,
    *,
    pressed: bool = False,
    picking: bool = False,
) -> HttpResponse:
    """Answer with the form: alone to an htmx POST, on its page to everyone else.

    422 once it was pressed, for then something is wrong.
    """
    shell = shell_of(seat, "chains")
    draft, problems, balance = brought.draft, brought.problems, shell["balance"]
    form = ShownChainForm(seat, draft, problems, balance=balance, pressed=pressed)
    form.notes, form.picking = brought.notes, picking
    context = {**shell, "form": form, **(chain_picks(seat) if picking else {})}
    template = FORM if request.method == "POST" and request.htmx else NEW
    return render(request, template, context, status=422 if pressed else 200)


@require_POST
@in_team("quote")
@takes_forms
def chain_quote(request: StudioRequest, seat: Seat) -> HttpResponse:
    """The button with the price, and at their places the reasons why it cannot be sent as it is."""
    balance = shell_of(seat)["balance"]
    form = ShownChainForm(seat, read_chain(request.POST), balance=balance)
    return render(request, "chains/_quote.html", {"form": form})


@require_safe
@in_team("use_as_input")
def chain_pick(request: StudioRequest, seat: Seat) -> HttpResponse:
    """What a chain may lead through, one page: for the dialog."""
    before = request.GET.get("before")
    page = "generations/_picker_items.html" if before else "generations/_picker_list.html"
    return render(request, page, {"seat": seat, **chain_picks(seat, before)})


def chain_picks(seat: Seat, before: str | None = None) -> dict[str, Any]:
    """The context of the picker: pictures, and videos made here, for the end of the chain."""
    slug = (seat.team.slug,)
    into = PickTarget(
        "item",
        form="chain-form",
        url=reverse("generations:chain_new", args=slug),
        target="#chain-form",
        put="add",
        more=f"{reverse('generations:chain_pick', args=slug)}?",
        missing="pictures or videos",
    )
    return picker_context(seat, (IMAGE, CLIP), into, before)


@require_POST
@in_team("create")
@free_when_refused
@takes_forms
def chain_submit(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Make the whole chain; the form comes back with every reason why not."""
    brought = add_files(seat, read_chain(request.POST), request.FILES.getlist("item_file"))
    key = read_uuid(request.POST.get("submit_key"))
    made = None
    if not brought.problems:
        quoted = read_count(request.POST.get("quoted", ""))
        made, brought.problems = press_chain(seat, brought.draft, quoted, key)
    if made is None:
        return form_page(request, seat, brought, pressed=True)
    for note in brought.notes:
        messages.info(request, note)
    return gone_to(request, made.get_absolute_url())


def gone_to(request: StudioRequest, page: str) -> HttpResponse:
    """Go there: by a header for htmx, by a redirect for everyone else."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": page})
    return HttpResponseRedirect(page)


@require_safe
@in_team("view_library")
def chain(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """The page of one chain."""
    row = access.viewable_chain(seat, uuid)
    context = {**shell_of(seat, "chains"), **panel(seat, row)}
    return render(request, "chains/chain.html", context)


@require_safe
@in_team("view_library")
def chain_changes(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """The links of a chain's page once something moved; 204 until then."""
    context = panel(seat, access.viewable_chain(seat, uuid))
    if request.GET.get("version") == context["shown"].edition:
        return HttpResponse(status=204)
    context = {**shell_of(seat), **context}
    return render(request, "chains/_chain_changes.html", context)


@require_POST
@in_team("retry")
@free_when_refused
@takes_forms
def chain_repair(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Make the broken links anew, at the price that stood on the button."""
    row = access.viewable_chain(seat, uuid)
    key = read_uuid(request.POST.get("submit_key"))
    if key is None:
        raise StudioError(OLD_FORM)
    micros = read_count(request.POST.get("quoted", ""))
    repair_chain(seat, row, submit_key=key, quoted_micros=micros)
    return gone_to(request, row.get_absolute_url())


def panel(seat: Seat, row: Chain) -> dict[str, Any]:
    """The context of _chain.html and of its poller."""
    shown = ShownChain(seat, row)
    url = reverse("generations:chain_changes", args=(seat.team.slug, row.uuid))
    return {
        "seat": seat,
        "chain": row,
        "shown": shown,
        "can_repair": seat.can("retry"),
        "submit_key": uuid4(),
        "url": f"{url}?version={shown.edition}",
        "every": EVERY if shown.in_progress else None,
    }
