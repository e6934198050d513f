"""Creates for the tests of the client: one request, one answer, one hook."""

from generations.luma.client import LumaClient
from generations.luma.errors import LumaError
from generations.luma.schema import GenerationRequest, VideoModel
from tests.luma.faults import http_json

KEY = "luma-a-secret-key-of-length"
ID = "123e4567-e89b-12d3-a456-426614174000"
REQUEST = GenerationRequest(model=VideoModel.RAY_2, prompt="A lake at sunset")
CREATED = http_json("201 Created", {"id": ID, "state": "queued", "assets": None})


class LeaseLostError(Exception):
    """Raised by a hook when another worker has claimed the generation."""


class Hook:
    """Counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


def create(address: str, hook: Hook | None = None, deadline: float = 5.0) -> LumaError | str | None:
    """Create a video once; return the error, or the id of the new generation."""
    with LumaClient(KEY, address) as client:
        try:
            answer = client.create_video(REQUEST, before_first_byte=hook, deadline=deadline)
        except LumaError as error:
            return error
    return answer.generation.id
