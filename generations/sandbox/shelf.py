"""Files of the sandbox: inputs while they are needed, finished assets, nothing half-written.

DIRECTORY/sandbox.sqlite3   DIRECTORY/assets/<id>/...   inputs/<id>/...   rendering/<id>/...
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path


class Shelf:
    """The directories below `directory`; what a killed run was rendering is thrown away."""

    def __init__(self, directory: Path) -> None:
        self.assets = directory / "assets"
        self._inputs = directory / "inputs"
        self._rendering = directory / "rendering"
        shutil.rmtree(self._rendering, ignore_errors=True)
        for each in (self.assets, self._inputs, self._rendering):
            each.mkdir(parents=True, exist_ok=True)

    def inputs(self, generation_id: str) -> Path:
        """Where a generation's inputs are gathered."""
        return self._inputs / generation_id

    def keep_inputs_of(self, generation_ids: Collection[str]) -> None:
        """Forget the inputs of every other generation."""
        for directory in self._inputs.iterdir():
            if directory.name not in generation_ids:
                shutil.rmtree(directory, ignore_errors=True)

    def rendering(self, generation_id: str) -> Path:
        """A new, empty directory to render into."""
        directory = self._rendering / generation_id
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        return directory

    def publish(self, generation_id: str) -> None:
        """Move what was rendered to its final place in one rename."""
        target = self.assets / generation_id
        shutil.rmtree(target, ignore_errors=True)
        self.rendered(generation_id).rename(target)

    def rendered(self, generation_id: str) -> Path:
        """The directory that `rendering` made."""
        return self._rendering / generation_id

    def clear(self, generation_id: str) -> None:
        """Forget inputs and unfinished output; the assets stay."""
        shutil.rmtree(self.inputs(generation_id), ignore_errors=True)
        shutil.rmtree(self.rendered(generation_id), ignore_errors=True)

    def remove(self, generation_id: str) -> None:
        """Remove the assets."""
        shutil.rmtree(self.assets / generation_id, ignore_errors=True)

    def video_of(self, generation_id: str) -> Path | None:
        """A finished video, or None."""
        video = self.assets / generation_id / "video.mp4"
        return video if video.is_file() else None
