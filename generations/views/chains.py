"""Views of chains: the list, the form with its price, a chain's page, and its repair."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations import access
from generations.actions.chains import repair_chain
from generations.composer.chain import AddedFiles, add_files, press_chain, read_chain
from generations.composer.form import read_button
from generations.pages.chain import chain_page, chains_page
from generations.pages.chain_form import ShownChainForm
from generations.pages.part import context_of
from generations.pages.picker import chain_picks
from generations.pages.shell import shell_of
from generations.views.decorators import free_when_refused, takes_forms
from studio.forms import read_count, read_uuid
from studio.http import StudioRequest, go_to, render_form
from studio.teams.access import Seat
from studio.teams.decorators import in_team

NEW = "chains/new.html"
FORM = "chains/_form.html"


@require_safe
@in_team("view_library")
def chains(request: StudioRequest, seat: Seat) -> HttpResponse:
    """List the chains of the team, newest first."""
    before = read_uuid(request.GET.get("before"))
    rows, following = chains_page(seat, before)
    context = context_of(shell_of(seat, "chains"), chains=rows, next=following)
    return render(request, "chains/chains.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_team("create")
@free_when_refused
@takes_forms
def chain_new(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the form of a chain, or the form after one step; htmx gets the form alone."""
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
    """Answer with the form; with 422 if it was `pressed`, because then something is wrong."""
    shell = shell_of(seat, "chains")
    draft, problems, balance = brought.draft, brought.problems, shell.balance
    form = ShownChainForm(seat, draft, problems, balance=balance, pressed=pressed)
    form.notes, form.picking = brought.notes, picking
    parts = [shell, chain_picks(seat)] if picking else [shell]
    status = 422 if pressed else 200
    return render_form(request, FORM, NEW, context_of(*parts, form=form), status)


@require_POST
@in_team("quote")
@takes_forms
def chain_quote(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Show the button with the price, and at its place each reason why it cannot be sent."""
    balance = shell_of(seat).balance
    form = ShownChainForm(seat, read_chain(request.POST), balance=balance)
    return render(request, "chains/_quote.html", {"form": form})


@require_safe
@in_team("use_as_input")
def chain_pick(request: StudioRequest, seat: Seat) -> HttpResponse:
    """List one page of what may be an item of a chain, for the picker."""
    before = request.GET.get("before")
    page = "generations/_picker_items.html" if before else "generations/_picker_list.html"
    return render(request, page, context_of(chain_picks(seat, before), seat=seat))


@require_POST
@in_team("create")
@free_when_refused
@takes_forms
def chain_submit(request: StudioRequest, seat: Seat) -> HttpResponse:
    """Submit the whole chain, or show the form again with every reason why not."""
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
    return go_to(request, made.get_absolute_url())


@require_safe
@in_team("view_library")
def chain(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Show one chain."""
    row = access.viewable_chain(seat, uuid)
    context = context_of(shell_of(seat, "chains"), chain_page(seat, row))
    return render(request, "chains/chain.html", context)


@require_safe
@in_team("view_library")
def chain_changes(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Show the chain's links again once one has changed; 204 until then."""
    page = chain_page(seat, access.viewable_chain(seat, uuid))
    if request.GET.get("version") == page.shown.edition:
        return HttpResponse(status=204)
    context = context_of(shell_of(seat), page)
    return render(request, "chains/_chain_changes.html", context)


@require_POST
@in_team("retry")
@free_when_refused
@takes_forms
def chain_repair(request: StudioRequest, seat: Seat, uuid: UUID) -> HttpResponse:
    """Submit the broken links anew, at the price that the button showed."""
    row = access.viewable_chain(seat, uuid)
    key, micros = read_button(request.POST)
    repair_chain(seat, row, submit_key=key, quoted_micros=micros)
    return go_to(request, row.get_absolute_url())
