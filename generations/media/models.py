"""The files of the media store, and uploads."""

import uuid

from django.conf import settings
from django.db import models

from studio.clock import now
from studio.teams.models import Team


class StoredFile(models.Model):
    """A file in the media store. The row exists if and only if the file does, with this hash."""

    class Purpose(models.TextChoices):
        """What the file is for."""

        ORIGINAL = "original", "Original"
        POSTER = "poster", "Poster"
        THUMB = "thumb", "Thumb"
        PREVIEW = "preview", "Preview"
        UPLOAD = "upload", "Upload"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="files")
    purpose = models.CharField(max_length=10, choices=Purpose)
    path = models.CharField(max_length=200, unique=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, help_text="pixels")
    height = models.PositiveIntegerField(null=True, help_text="pixels")
    milliseconds = models.PositiveIntegerField(null=True, help_text="duration of a video")
    rate = models.FloatField(null=True, help_text="frames a second of a video")
    has_audio = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.path


class Upload(models.Model):
    """A picture or a video that a person added, or a frame that they extracted from a video.

    A picture is stored as a re-encoded copy, a video unchanged. `created_at` is when it was last
    added. `notice` is a message for the person right after the upload; it is not stored.
    """

    notice: str = ""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="uploads")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads"
    )
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="upload")
    poster = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    preview = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    frame_of = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, related_name="frames_taken", null=True, blank=True
    )
    frame_milliseconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="where in `frame_of` the frame was taken"
    )
    original_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.original_name or str(self.uuid)

    @property
    def title(self) -> str:
        return self.original_name or "Upload"

    @property
    def picture(self) -> StoredFile:
        """The picture to show: the poster of a video, or the picture itself."""
        return self.poster or self.file
