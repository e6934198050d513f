"""The decorator of a team's pages: it opens the person's seat, once a request."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponseBase

from studio.accounts.access import login_required
from studio.http import StudioRequest
from studio.teams.access import Seat, open_seat

Rest = ParamSpec("Rest")
SeatView = Callable[Concatenate[StudioRequest, Seat, Rest], HttpResponseBase]
TeamView = Callable[..., HttpResponseBase]


def in_team(ability: str) -> Callable[[SeatView[Rest]], TeamView]:
    """Give the view the person's seat in the team of the address, in place of the address.

    Asks people to sign in as `login_required` does, and refuses as `open_seat` does. A role that
    may do it only to what is its own is let through: the door that the view calls then requires
    the same ability of the object. One query beside the session's.
    """

    def decorate(view: SeatView[Rest]) -> TeamView:
        @wraps(view)
        def seated(
            request: StudioRequest, team: str, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponseBase:
            return view(request, open_seat(request.user, team, ability), *args, **kwargs)

        return login_required(seated)

    return decorate
