"""The operations of the API, and the table of routes to them."""

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

from . import creates, rules
from .answers import generation_answer
from .exchange import Answer, Call, json_answer
from .lifecycle import Lifecycle
from .limits import admit
from .reading import read_page, read_request
from .refusals import Refused, not_found
from .store import NewGeneration, Row, Store

DEFAULT_SYNC_SECONDS: Final = 60.0
MAX_SYNC_SECONDS: Final = 600.0


class Operations:
    """One method per route; a refusal is raised as `Refused`."""

    def __init__(self, store: Store, lifecycle: Lifecycle, *, origin: str, limits: bool) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._origin = origin
        self._limits = limits

    def ping(self, call: Call) -> Answer:
        """Answer "pong"."""
        return json_answer(200, {"message": "pong"})

    def credits(self, call: Call) -> Answer:
        """Answer with the balance in cents."""
        return json_answer(200, {"credit_balance": self._store.balance()})

    def concepts(self, call: Call) -> Answer:
        """Answer with the keys of the camera concepts."""
        return json_answer(200, rules.CONCEPTS)

    def camera_motions(self, call: Call) -> Answer:
        """Answer with the phrases of camera motion, which older clients ask for."""
        return json_answer(200, rules.CAMERA_MOTIONS)

    def create_video(self, call: Call) -> Answer:
        """Create a video; 201 with the queued generation, like most creates."""
        request = read_request(GenerationRequest, "video", call.body())
        return self._created(creates.video(request, self._store))

    def create_image(self, call: Call) -> Answer:
        """Create an image. With `sync`, answer when it is done or after `sync_timeout` seconds."""
        request = read_request(ImageGenerationRequest, "image", call.body())
        row = self._admitted(creates.image(request))
        if request.sync:
            given = request.sync_timeout
            seconds = DEFAULT_SYNC_SECONDS if given is None else max(0.0, given)
            row = self._lifecycle.wait_for(row.id, min(seconds, MAX_SYNC_SECONDS)) or row
        return self._shown(201, row)

    def reframe_image(self, call: Call) -> Answer:
        """Give an image another aspect ratio."""
        request = read_request(ReframeImageRequest, "reframe_image", call.body())
        return self._created(creates.reframe_image(request))

    def reframe_video(self, call: Call) -> Answer:
        """Give a video another aspect ratio."""
        request = read_request(ReframeVideoRequest, "reframe_video", call.body())
        return self._created(creates.reframe_video(request))

    def modify_video(self, call: Call) -> Answer:
        """Restyle a video."""
        request = read_request(ModifyVideoRequest, "modify_video", call.body())
        return self._created(creates.modify_video(request))

    def upscale(self, call: Call, source_id: str) -> Answer:
        """Make a video larger; 200 with a new generation."""
        request = read_request(UpscaleVideoGenerationRequest, "upscale_video", call.body())
        return self._created(creates.upscale_video(request, self._store, source_id), status=200)

    def add_audio(self, call: Call, source_id: str) -> Answer:
        """Give a video a sound track; 200 with a new generation."""
        request = read_request(AudioGenerationRequest, "add_audio", call.body())
        return self._created(creates.add_audio(request, self._store, source_id), status=200)

    def list_all(self, call: Call) -> Answer:
        """Answer with a page of the generations, newest first."""
        limit, offset = read_page(call.query)
        rows = self._store.listed(limit + 1, offset)
        listed = [generation_answer(row, self._origin) for row in rows[:limit]]
        page = {"has_more": len(rows) > limit, "count": len(listed)}
        return json_answer(200, page | {"limit": limit, "offset": offset, "generations": listed})

    def get(self, call: Call, generation_id: str) -> Answer:
        """Answer with one generation, or 404."""
        return self._shown(200, self._found(generation_id))

    def delete(self, call: Call, generation_id: str) -> Answer:
        """Delete a generation and its assets; 204. What was charged stays charged."""
        self._lifecycle.delete(self._found(generation_id))
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
        self._lifecycle.begin(row)
        return row

    def _shown(self, status: int, row: Row) -> Answer:
        return json_answer(status, generation_answer(row, self._origin))


class Route(NamedTuple):
    """An HTTP method and path, the contract's operationId, and the function that serves it."""

    method: str
    path: re.Pattern[str]
    operation: str
    serve: Callable[..., Answer]

    def fits(self, method: str, path: str) -> bool:
        """Whether this route serves such a request."""
        return self.method == method and self.path.fullmatch(path) is not None


def route_for(method: str, path: str) -> Route | None:
    """Return the first route that fits. `path` is without the mount and a trailing slash."""
    return next((route for route in ROUTES if route.fits(method, path)), None)


def no_route(path: str) -> Refused:
    """Return a 405 if the path exists for other methods, else a 404."""
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
"""The first that fits serves. `POST /generations` is the address that older clients use."""
