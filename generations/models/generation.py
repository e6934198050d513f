"""Generations: what was asked for, its inputs, its state, and its result."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from generations.media.models import StoredFile, Upload
from generations.models.chain import Chain
from generations.models.states import TERMINAL, State, StateFacts
from studio.clock import now
from studio.teams.models import Team


class Kind(models.TextChoices):
    """What the composer can make. `recipes/kinds/table.py` has an entry for each."""

    TEXT_TO_VIDEO = "text_to_video", "Text to video"
    IMAGE_TO_VIDEO = "image_to_video", "Image to video"
    KEYFRAMES = "keyframes", "Keyframes"
    EXTEND = "extend", "Extend"
    EXTEND_BACKWARDS = "extend_backwards", "Extend backwards"
    BRIDGE = "bridge", "Bridge"
    MODIFY_VIDEO = "modify_video", "Modify video"
    REFRAME_VIDEO = "reframe_video", "Reframe video"
    UPSCALE = "upscale", "Upscale"
    ADD_AUDIO = "add_audio", "Add audio"
    IMAGE = "image", "Image"
    REFRAME_IMAGE = "reframe_image", "Reframe image"


class Visibility(models.TextChoices):
    """Who may see a result, apart from moderators."""

    PRIVATE = "private", "Only me"
    TEAM = "team", "Team"
    PUBLIC = "public", "Everyone"


FILES = ("original", "poster", "thumb", "preview")
"""The names of a generation's stored files."""


class Generation(models.Model):
    """One request to the API with its result.

    The row itself says what is to be done next; the queue only carries hints about it. `recipe`
    holds every setting as it was checked, and the prompt; inputs are GenerationInput rows, and
    the request that was sent is on the attempt. `version` grows with every change that a card
    shows.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="generations")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="generations"
    )
    visibility = models.CharField(max_length=7, choices=Visibility, default=Visibility.TEAM)
    kind = models.CharField(max_length=16, choices=Kind)
    media_type = models.CharField(max_length=5, choices=[("video", "Video"), ("image", "Image")])
    recipe = models.JSONField(default=dict)
    prompt = models.TextField(blank=True)
    model = models.CharField(max_length=20)
    aspect_ratio = models.CharField(max_length=5, blank=True)
    resolution = models.CharField(max_length=8, blank=True)
    seconds = models.PositiveSmallIntegerField(null=True, help_text="length asked for")
    fingerprint = models.CharField(max_length=64, help_text="equal for equal requests")

    submit_key = models.UUIDField(help_text="made with the form; one submission a key")
    submit_index = models.PositiveSmallIntegerField(default=0, help_text="place among variations")
    quote_micros = models.BigIntegerField(null=True, help_text="price shown; none: unknown")

    chain = models.ForeignKey(
        Chain, null=True, blank=True, on_delete=models.SET_NULL, related_name="links"
    )
    chain_position = models.PositiveSmallIntegerField(null=True, blank=True)

    state = models.CharField(max_length=17, choices=State, default=State.QUEUED)
    state_since = models.DateTimeField(default=now)
    failure_reason = models.CharField(max_length=500, blank=True, help_text="as the API gave it")
    note = models.CharField(max_length=500, blank=True, help_text="why it stands still, in words")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    completed_at = models.DateTimeField(null=True, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    purged_at = models.DateTimeField(null=True, blank=True, help_text="its files are gone")

    not_before = models.DateTimeField(default=now, help_text="back-off")
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="work begun on this state")

    original = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    poster = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    thumb = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    preview = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("author", "submit_key", "submit_index"), name="one_generation_a_click"
            ),
        )
        indexes = (
            models.Index(
                models.F("team"),
                models.F("id").desc(),
                condition=models.Q(trashed_at__isnull=True),
                name="library_newest",
            ),
            models.Index(
                models.F("team"),
                models.F("trashed_at").desc(),
                condition=models.Q(trashed_at__isnull=False, purged_at__isnull=True),
                name="trash_newest",
            ),
            models.Index(
                fields=("state", "not_before"),
                condition=~models.Q(
                    # The migration lists them in the order of State.
                    state__in=tuple(state.value for state in State if state in TERMINAL)
                ),
                name="generation_under_way",
            ),
        )

    def __str__(self) -> str:
        return self.prompt[:60] or self.get_kind_display()

    def get_absolute_url(self) -> str:
        """Return the address of the generation's page. Reads self.team."""
        return reverse("generations:generation", args=(self.team.slug, self.uuid))

    @property
    def facts(self) -> StateFacts:
        return State(self.state).facts

    @property
    def title(self) -> str:
        """The first line of the prompt, else the kind. It is the accessible name of the card."""
        line = self.prompt.strip().partition("\n")[0]
        return line[:120] or self.get_kind_display()


class GenerationInput(models.Model):
    """One input of a slot: a generation of the team, an upload, or an address."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="inputs")
    slot = models.CharField(max_length=20, help_text="start_frame, end_frame, source, …")
    position = models.PositiveSmallIntegerField(default=0)
    source = models.ForeignKey(
        Generation, null=True, blank=True, on_delete=models.PROTECT, related_name="used_in"
    )
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="used_in"
    )
    url = models.URLField(max_length=2000, blank=True)
    weight = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("generation", "slot", "position"), name="one_input_a_place"
            ),
        )

    def __str__(self) -> str:
        return f"{self.slot} of {self.generation_id}"


class Asset(models.Model):
    """A file of a result at the API, which is to be stored here."""

    class Kind(models.TextChoices):
        """The keys of `assets` in the API's answer."""

        VIDEO = "video", "Video"
        IMAGE = "image", "Image"
        PROGRESS_VIDEO = "progress_video", "Progress video"

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=14, choices=Kind)
    url = models.URLField(max_length=4000)
    required = models.BooleanField(default=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    first_seen = models.DateTimeField(default=now)
    stored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("generation", "kind"), name="one_asset_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.generation_id}"
