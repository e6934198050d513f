"""Writes the files: `python -m docs.camera_diagrams`."""

from .drawings import write

write()
