"""The doors of the core: from an address or a form field to an object, or a refusal."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from generations.media.access import team_upload
from generations.media.models import StoredFile, Upload
from generations.models import FILES, Attempt, Chain, Generation, Preset, SavedPrompt, Visibility
from studio.accounts.models import User
from studio.errors import NotFound
from studio.teams.access import Seat


def visible_generations(seat: Seat) -> QuerySet[Generation]:
    """Return the generations of the team that the person may see, also those in the trash."""
    mine_or_shared = Q(author=seat.user) | ~Q(visibility=Visibility.PRIVATE)
    rows = Generation.objects.filter(mine_or_shared, team=seat.team)
    return rows.select_related("team", "author", *FILES)


def viewable_generation(seat: Seat, uuid: UUID) -> Generation:
    """Return a generation that the person may see, or raise NotFound. One query."""
    generation = visible_generations(seat).filter(uuid=uuid).first()
    if generation is None:
        raise NotFound
    return generation


def changeable_generation(seat: Seat, uuid: UUID, ability: str) -> Generation:
    """Return a generation that the person may act on, by role or as its author. One query.

    Raises NotFound if they may not see it, and NotAllowed if they may not change it.
    """
    generation = viewable_generation(seat, uuid)
    seat.require(ability, own=generation.author_id == seat.user.pk)
    return generation


def usable_generation(seat: Seat, uuid: UUID) -> Generation:
    """Return a generation that may be used as an input, or raise NotFound. One query.

    It is of this team, the person may see it, and it is not in the trash.
    """
    generation = viewable_generation(seat, uuid)
    if generation.trashed_at is not None:
        raise NotFound("Not found.")
    return generation


def usable_generations(seat: Seat, uuids: Iterable[UUID]) -> QuerySet[Generation]:
    """Return those of many generations that may be used as inputs, as `usable_generation` does."""
    return visible_generations(seat).filter(uuid__in=uuids, trashed_at=None)


def viewable_chain(seat: Seat, uuid: UUID) -> Chain:
    """Return a chain. Three queries.

    Raises NotFound if all its links are private work of other people.
    """
    rows = Chain.objects.select_related("team", "author").filter(team=seat.team, uuid=uuid)
    chain = rows.first()
    if chain is None:
        raise NotFound
    if chain.links.exists() and not visible_generations(seat).filter(chain=chain).exists():
        raise NotFound
    return chain


def usable_prompt(seat: Seat, uuid: UUID) -> SavedPrompt:
    """Return a prompt of the person's own history, or raise NotFound. One query."""
    rows = SavedPrompt.objects.filter(team=seat.team, author=seat.user, removed_at=None)
    prompt = rows.filter(uuid=uuid).first()
    if prompt is None:
        raise NotFound("This prompt is not in your history any more.")
    return prompt


def changeable_prompt(seat: Seat, uuid: UUID) -> SavedPrompt:
    """Return a prompt of the person's history. Raises NotAllowed for another's. One query."""
    prompt = SavedPrompt.objects.filter(team=seat.team, uuid=uuid).first()
    if prompt is None:
        raise NotFound
    seat.require("change_prompt", own=prompt.author_id == seat.user.pk)
    return prompt


def visible_presets(seat: Seat) -> QuerySet[Preset]:
    """Return the presets that the person may use, by name: their own, and those that others share.

    Removed presets are included.
    """
    rows = Preset.objects.filter(Q(author=seat.user) | Q(shared=True), team=seat.team)
    return rows.select_related("author").order_by("name_key", "id")


def usable_preset(seat: Seat, uuid: UUID) -> Preset:
    """Return a preset that the person may use, or raise NotFound. One query."""
    preset = visible_presets(seat).filter(uuid=uuid, removed_at=None).first()
    if preset is None:
        raise NotFound("This preset is not there any more.")
    return preset


def changeable_preset(seat: Seat, uuid: UUID) -> Preset:
    """Return a preset that the person may change, also a removed one. One query."""
    preset = visible_presets(seat).filter(uuid=uuid).first()
    if preset is None:
        raise NotFound("This preset is not there any more.")
    seat.require("change_preset", own=preset.author_id == seat.user.pk)
    return preset


def changeable_upload(seat: Seat, uuid: UUID) -> Upload:
    """Return an upload that the person may delete. One query.

    Raises NotFound for an upload of another team, and NotAllowed if they may not delete it.
    """
    upload = team_upload(seat.team, uuid)
    seat.require("delete_upload", own=upload.author_id == seat.user.pk)
    return upload


def viewable_file(user: User, uuid: UUID) -> StoredFile:
    """Return a stored file of one of the person's teams. Two queries.

    Raises NotFound for a file of another team or of another person's private work.
    """
    file = StoredFile.objects.filter(uuid=uuid, team__memberships__user=user).first()
    if file is None:
        raise NotFound
    shows = Q(original=file) | Q(poster=file) | Q(thumb=file) | Q(preview=file)
    private = Generation.objects.filter(shows, team=file.team_id, visibility=Visibility.PRIVATE)
    if private.exclude(author=user).exists():
        raise NotFound
    return file


def signed_file(uuid: UUID) -> StoredFile:
    """Return a file. The caller has checked the signature of its address. One query."""
    file = StoredFile.objects.filter(uuid=uuid).first()
    if file is None:
        raise NotFound
    return file


def attempt_named(team: UUID, generation: UUID, number: int) -> Attempt | None:
    """Return the attempt that a genuine callback token names, if its row exists. One query."""
    rows = Attempt.objects.filter(generation__uuid=generation, generation__team__uuid=team)
    return rows.filter(number=number).first()
