"""The doors of the core: the only way from an address or a form field to a generation."""

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
    """Every generation of the team that the person may see, trashed ones included."""
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
    """Return one the person may act on: by role, or because it is theirs. One query.

    NotFound for what they may not see, NotAllowed for what is not theirs to change.
    """
    generation = viewable_generation(seat, uuid)
    seat.require(ability, own=generation.author_id == seat.user.pk)
    return generation


def usable_generation(seat: Seat, uuid: UUID) -> Generation:
    """Return one that may lie in a slot: of this team, visible, not trashed. One query."""
    generation = viewable_generation(seat, uuid)
    if generation.trashed_at is not None:
        raise NotFound("Not found.")
    return generation


def usable_generations(seat: Seat, uuids: Iterable[UUID]) -> QuerySet[Generation]:
    """Those that may lie in a slot, of many; what is not theirs or in the trash is left out."""
    return visible_generations(seat).filter(uuid__in=uuids, trashed_at=None)


def viewable_chain(seat: Seat, uuid: UUID) -> Chain:
    """Return a chain, unless all its links are somebody's private work: NotFound. Three queries."""
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
    """Return a prompt of the person's history; NotAllowed for that of another. One query."""
    prompt = SavedPrompt.objects.filter(team=seat.team, uuid=uuid).first()
    if prompt is None:
        raise NotFound
    seat.require("change_prompt", own=prompt.author_id == seat.user.pk)
    return prompt


def visible_presets(seat: Seat) -> QuerySet[Preset]:
    """The presets that the person may use: their own, and what others share. By name."""
    rows = Preset.objects.filter(Q(author=seat.user) | Q(shared=True), team=seat.team)
    return rows.select_related("author").order_by("name_key", "id")


def usable_preset(seat: Seat, uuid: UUID) -> Preset:
    """Return a preset that the person may use, or raise NotFound. One query."""
    preset = visible_presets(seat).filter(uuid=uuid, removed_at=None).first()
    if preset is None:
        raise NotFound("This preset is not there any more.")
    return preset


def changeable_preset(seat: Seat, uuid: UUID) -> Preset:
    """Return a preset that the person may change, deleted ones included. One query."""
    preset = visible_presets(seat).filter(uuid=uuid).first()
    if preset is None:
        raise NotFound("This preset is not there any more.")
    seat.require("change_preset", own=preset.author_id == seat.user.pk)
    return preset


def changeable_upload(seat: Seat, uuid: UUID) -> Upload:
    """Return an upload that the person may delete. One query.

    NotFound for one of another team, NotAllowed for what is not theirs to delete.
    """
    upload = team_upload(seat.team, uuid)
    seat.require("delete_upload", own=upload.author_id == seat.user.pk)
    return upload


def viewable_file(user: User, uuid: UUID) -> StoredFile:
    """Return a stored file of a team of theirs, unless it is somebody else's private work.

    Raises NotFound for everything else. Two queries.
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
    """Return a file whose signed address was checked by the caller. One query."""
    file = StoredFile.objects.filter(uuid=uuid).first()
    if file is None:
        raise NotFound
    return file


def attempt_named(team: UUID, generation: UUID, number: int) -> Attempt | None:
    """Return the attempt that a genuine callback token names, if its row exists. One query."""
    rows = Attempt.objects.filter(generation__uuid=generation, generation__team__uuid=team)
    return rows.filter(number=number).first()
