"""The composer as a page shows it: the form, its slots, its price, and what was sent with it."""

from generations.composer.frames import Footage, footage_of
from generations.composer.kept import keep
from generations.composer.opening import open_composer, put_frame, take_step
from generations.composer.page import Composer
from generations.composer.picking import Into, picked
from generations.composer.price import Price, price_of
from generations.composer.sending import Sent, send, take_file
from generations.composer.slots import Found, SlotItem, SlotView, contents_in, look_up, looks_of

__all__ = [
    "Composer",
    "Footage",
    "Found",
    "Into",
    "Price",
    "Sent",
    "SlotItem",
    "SlotView",
    "contents_in",
    "footage_of",
    "keep",
    "look_up",
    "looks_of",
    "open_composer",
    "picked",
    "price_of",
    "put_frame",
    "send",
    "take_file",
    "take_step",
]
