"""What comes to a page from outside: things that are dragged in, and answers that are held back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, Route


def drag(page: Page, target: Locator, **given: Any) -> Iterator[None]:
    """Drag something from outside over a target, stop there, then drop it: real input events."""
    wire = page.context.new_cdp_session(page)
    carried = {"items": [], "files": [], "dragOperationsMask": 1, **given}
    entered = {"type": "dragEnter", "x": 5, "y": 200, "data": carried}
    wire.send("Input.dispatchDragEvent", entered)
    target.wait_for()  # some places open only when something is dragged
    box = target.bounding_box()
    assert box is not None
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    for kind in ("dragEnter", "dragOver"):
        wire.send("Input.dispatchDragEvent", {"type": kind, **point, "data": carried})
    yield
    wire.send("Input.dispatchDragEvent", {"type": "drop", **point, "data": carried})
    yield


def address(url: str) -> dict[str, Any]:
    return {"items": [{"mimeType": "text/uri-list", "data": url}]}


def hold(page: Page, address: str) -> list[Route]:
    """Leave what is asked of an address without an answer; what was asked."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


@contextmanager
def late(page: Page, address: str) -> Iterator[None]:
    """What is asked of an address inside is answered at its end; the answer is there then."""
    held = hold(page, address)
    yield
    with page.expect_response(address):
        for route in held:
            route.continue_()
    page.unroute(address)
    page.wait_for_timeout(100)
