"""Creates as the tests of the client make them: one request, one answer, one hook."""

from generations.luma.client import LumaClient
from generations.luma.errors import LumaError
from generations.luma.schema import GenerationRequest, VideoModel
from tests.luma.faults import http_json

KEY = "luma-a-secret-key-of-length"
ID = "123e4567-e89b-12d3-a456-426614174000"
REQUEST = GenerationRequest(model=VideoModel.RAY_2, prompt="A lake at sunset")
CREATED = http_json("201 Created", {"id": ID, "state": "queued", "assets": None})


class LeaseLostError(Exception):
    """What a hook raises when somebody else has taken the generation over."""


class Hook:
    """Remembers that it ran."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


def create(address: str, hook: Hook | None = None, deadline: float = 5.0) -> LumaError | str | None:
    """Create a video once; returns the error that came, or the new generation's id."""
    with LumaClient(KEY, address) as client:
        try:
            answer = client.create_video(REQUEST, before_first_byte=hook, deadline=deadline)
        except LumaError as error:
            return error
    return answer.generation.id
