"""The directories of a sandbox: inputs while they are needed, output, finished assets.

DIRECTORY/sandbox.sqlite3
DIRECTORY/inputs/<id>/...      fetched inputs, named by their index
DIRECTORY/rendering/<id>/...   output of the renderer, incomplete
DIRECTORY/assets/<id>/...      finished files
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path


class Directories:
    """Makes the directories; deletes the incomplete output of a run that was killed."""

    def __init__(self, directory: Path) -> None:
        self.assets = directory / "assets"
        self._inputs = directory / "inputs"
        self._rendering = directory / "rendering"
        shutil.rmtree(self._rendering, ignore_errors=True)
        for each in (self.assets, self._inputs, self._rendering):
            each.mkdir(parents=True, exist_ok=True)

    def inputs(self, generation_id: str) -> Path:
        """Return the directory of a generation's inputs."""
        return self._inputs / generation_id

    def keep_inputs_of(self, generation_ids: Collection[str]) -> None:
        """Delete the inputs of every other generation."""
        for directory in self._inputs.iterdir():
            if directory.name not in generation_ids:
                shutil.rmtree(directory, ignore_errors=True)

    def new_output(self, generation_id: str) -> Path:
        """Make and return an empty directory to render into."""
        directory = self._rendering / generation_id
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        return directory

    def publish(self, generation_id: str) -> None:
        """Move the output to the assets in one rename."""
        target = self.assets / generation_id
        shutil.rmtree(target, ignore_errors=True)
        self.output(generation_id).rename(target)

    def output(self, generation_id: str) -> Path:
        """Return the directory that `new_output` made."""
        return self._rendering / generation_id

    def remove_work(self, generation_id: str) -> None:
        """Delete inputs and incomplete output; the assets stay."""
        shutil.rmtree(self.inputs(generation_id), ignore_errors=True)
        shutil.rmtree(self.output(generation_id), ignore_errors=True)

    def remove_assets(self, generation_id: str) -> None:
        """Delete the finished files; a second call changes nothing."""
        shutil.rmtree(self.assets / generation_id, ignore_errors=True)

    def video_of(self, generation_id: str) -> Path | None:
        """Return the file of a finished video, or None."""
        video = self.assets / generation_id / "video.mp4"
        return video if video.is_file() else None
