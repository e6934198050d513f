"""The operations of the API, and the table of routes that leads to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from generations.luma.schema import (
    AudioGenerationRequest,
    GenerationRequest,
    ImageGenerationRequest,
    ModifyVideoRequest,
    ReframeImageRequest,
    ReframeVideoRequest,
    UpscaleVideoGenerationRequest,
)

from . import orders, rules
from .answers import generation_answer
from .dreams import Dreams
from .exchange import Answer, Call, json_answer
from .limits import admit
from .reading import read_page, read_request
from .refusals import Refused, not_found
from .store import NewGeneration, Row, Store

DEFAULT_SYNC_SECONDS: Final = 60.0
MAX_SYNC_SECONDS: Final = 600.0


class Operations:
    """Each method answers one route; a refusal is raised as `Refused`."""

    def __init__(self, store: Store, dreams: Dreams, *, origin: str, limits: bool) -> None:
        self._store = store
        self._dreams = dreams
        self._origin = origin
        self._limits = limits

    def ping(self, call: Call) -> Answer:
        """The API runs."""
        return json_answer(200, {"message": "pong"})

    def credits(self, call: Call) -> Answer:
        """The balance in cents."""
        return json_answer(200, {"credit_balance": self._store.balance()})

    def concepts(self, call: Call) -> Answer:
        """The camera concepts."""
        return json_answer(200, rules.CONCEPTS)

    def camera_motions(self, call: Call) -> Answer:
        """The legacy list of phrases."""
        return json_answer(200, rules.CAMERA_MOTIONS)

    def create_video(self, call: Call) -> Answer:
        """201 with the queued generation, as the other creates."""
        request = read_request(GenerationRequest, "video", call.body())
        return self._created(orders.video(request, self._store))

    def create_image(self, call: Call) -> Answer:
        """With `sync`: 201 when it is done, or as it is after `sync_timeout` seconds."""
        request = read_request(ImageGenerationRequest, "image", call.body())
        row = self._admitted(orders.image(request))
        if request.sync:
            given = request.sync_timeout
            seconds = DEFAULT_SYNC_SECONDS if given is None else max(0.0, given)
            row = self._dreams.wait_for(row.id, min(seconds, MAX_SYNC_SECONDS)) or row
        return self._shown(201, row)

    def reframe_image(self, call: Call) -> Answer:
        """An image in another shape."""
        request = read_request(ReframeImageRequest, "reframe_image", call.body())
        return self._created(orders.reframe_image(request))

    def reframe_video(self, call: Call) -> Answer:
        """A video in another shape."""
        request = read_request(ReframeVideoRequest, "reframe_video", call.body())
        return self._created(orders.reframe_video(request))

    def modify_video(self, call: Call) -> Answer:
        """A video in another style."""
        request = read_request(ModifyVideoRequest, "modify_video", call.body())
        return self._created(orders.modify_video(request))

    def upscale(self, call: Call, source_id: str) -> Answer:
        """200 with a new generation."""
        request = read_request(UpscaleVideoGenerationRequest, "upscale_video", call.body())
        return self._created(orders.upscale_video(request, self._store, source_id), status=200)

    def add_audio(self, call: Call, source_id: str) -> Answer:
        """200 with a new generation."""
        request = read_request(AudioGenerationRequest, "add_audio", call.body())
        return self._created(orders.add_audio(request, self._store, source_id), status=200)

    def list_all(self, call: Call) -> Answer:
        """A page, newest first."""
        limit, offset = read_page(call.query)
        rows = self._store.listed(limit + 1, offset)
        listed = [generation_answer(row, self._origin) for row in rows[:limit]]
        page = {"has_more": len(rows) > limit, "count": len(listed)}
        return json_answer(200, page | {"limit": limit, "offset": offset, "generations": listed})

    def get(self, call: Call, generation_id: str) -> Answer:
        """One generation."""
        return self._shown(200, self._found(generation_id))

    def delete(self, call: Call, generation_id: str) -> Answer:
        """204; its assets are gone and its charge stays."""
        self._dreams.forget(self._found(generation_id))
        return Answer(204)

    def _found(self, generation_id: str) -> Row:
        row = self._store.find(generation_id)
        if row is None:
            raise not_found()
        return row

    def _created(self, new: NewGeneration, *, status: int = 201) -> Answer:
        return self._shown(status, self._admitted(new))

    def _admitted(self, new: NewGeneration) -> Row:
        row = admit(self._store, new, limits=self._limits)
        self._dreams.begin(row)
        return row

    def _shown(self, status: int, row: Row) -> Answer:
        return json_answer(status, generation_answer(row, self._origin))


class Route(NamedTuple):
    """A method and a path, the contract's operationId, and the method that serves it."""

    method: str
    path: re.Pattern[str]
    operation: str
    serve: Callable[..., Answer]

    def fits(self, method: str, path: str) -> bool:
        """Whether it serves such a request."""
        return self.method == method and self.path.fullmatch(path) is not None


def route_for(method: str, path: str) -> Route | None:
    """The first route that fits; `path` begins after the mount and has no trailing slash."""
    return next((route for route in ROUTES if route.fits(method, path)), None)


def no_route(path: str) -> Refused:
    """405 when the path exists for other methods, else 404."""
    allowed = sorted({route.method for route in ROUTES if route.path.fullmatch(path)})
    if allowed:
        return Refused(405, "Method Not Allowed", {"Allow": ", ".join(allowed)})
    return not_found("Not Found")


def _route(method: str, path: str, operation: str, serve: Callable[..., Answer]) -> Route:
    return Route(method, re.compile(path.replace("{id}", "([^/]+)")), operation, serve)


ROUTES: Final = (
    _route("GET", "/ping", "ping", Operations.ping),
    _route("GET", "/credits", "getCredits", Operations.credits),
    _route("GET", "/generations", "listGenerations", Operations.list_all),
    _route("POST", "/generations", "createGeneration", Operations.create_video),
    _route("POST", "/generations/video", "createGeneration", Operations.create_video),
    _route("POST", "/generations/image", "generateImage", Operations.create_image),
    _route("POST", "/generations/image/reframe", "reframeImage", Operations.reframe_image),
    _route("POST", "/generations/video/reframe", "reframeVideo", Operations.reframe_video),
    _route("POST", "/generations/video/modify", "modifyVideo", Operations.modify_video),
    _route("GET", "/generations/concepts/list", "getConcepts", Operations.concepts),
    _route("GET", "/generations/camera_motion/list", "motions", Operations.camera_motions),
    _route("POST", "/generations/{id}/upscale", "upscaleGeneration", Operations.upscale),
    _route("POST", "/generations/{id}/audio", "addAudioToGeneration", Operations.add_audio),
    _route("GET", "/generations/{id}", "getGeneration", Operations.get),
    _route("DELETE", "/generations/{id}", "deleteGeneration", Operations.delete),
)
"""In the order of matching. `POST /generations` is the legacy address that older clients use."""
