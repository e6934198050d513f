"""The composer as a page shows it: the form, its slots, its price, and what was sent with it."""

from generations.composer.frames import Footage, footage_of, take_frame
from generations.composer.page import Composer
from generations.composer.price import Price, price_of
from generations.composer.sending import Sent, fresh, send, take_files
from generations.composer.slots import Found, SlotItem, SlotView, contents_in, look_up, looks_of
from generations.composer.steps import Reworked, rework

__all__ = [
    "Composer",
    "Footage",
    "Found",
    "Price",
    "Reworked",
    "Sent",
    "SlotItem",
    "SlotView",
    "contents_in",
    "footage_of",
    "fresh",
    "look_up",
    "looks_of",
    "price_of",
    "rework",
    "send",
    "take_files",
    "take_frame",
]
