"""The doors of the core: the only way from an address or a form field to a generation."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from generations.media.models import StoredFile
from generations.models import FILES, Attempt, Chain, Generation, KeptPrompt, Preset, Visibility
from generations.tokens import Token
from studio.accounts.models import User
from studio.errors import NotFound
from studio.teams.access import Seat, open_seat


def visible_to(where: Seat) -> QuerySet[Generation]:
    """Every generation of the team that the person may see, trashed ones included."""
    mine_or_shared = Q(author=where.user) | ~Q(visibility=Visibility.PRIVATE)
    rows = Generation.objects.filter(mine_or_shared, team=where.team)
    return rows.select_related("team", "author", *FILES)


def viewable_generation(user: User, team: str, uuid: UUID) -> Generation:
    """Return a generation that the person may see, or raise NotFound. Two queries."""
    where = open_seat(user, team, "view_generation")
    return _find(where, uuid)


def changeable_generation(user: User, team: str, uuid: UUID, ability: str) -> Generation:
    """Return one the person may act on: by role, or because it is theirs. Two queries.

    Strangers get NotFound, members without the right NotAllowed.
    """
    where = open_seat(user, team, "view_generation")
    generation = _find(where, uuid)
    where.require(ability, own=generation.author_id == user.pk)
    return generation


def usable_generation(where: Seat, uuid: UUID) -> Generation:
    """Return one that may lie in a slot: of this team, visible, not trashed. One query."""
    generation = _find(where, uuid)
    if generation.trashed_at is not None:
        raise NotFound("Not found.")
    return generation


def usable_generations(where: Seat, uuids: Iterable[UUID]) -> QuerySet[Generation]:
    """Those that may lie in a slot, of many; what is not theirs or in the trash is left out."""
    return visible_to(where).filter(uuid__in=uuids, trashed_at=None)


def viewable_chain(where: Seat, uuid: UUID) -> Chain:
    """Return a chain, unless all its links are somebody's private work: NotFound. Three queries."""
    rows = Chain.objects.select_related("team", "author").filter(team=where.team, uuid=uuid)
    chain = rows.first()
    if chain is None:
        raise NotFound
    if chain.links.exists() and not visible_to(where).filter(chain=chain).exists():
        raise NotFound
    return chain


def usable_prompt(where: Seat, uuid: UUID) -> KeptPrompt:
    """Return a prompt of the person's own history, or raise NotFound. One query."""
    rows = KeptPrompt.objects.filter(team=where.team, author=where.user, removed_at=None)
    prompt = rows.filter(uuid=uuid).first()
    if prompt is None:
        raise NotFound("This prompt is not in your history any more.")
    return prompt


def changeable_prompt(where: Seat, uuid: UUID) -> KeptPrompt:
    """Return a prompt of the person's history; NotAllowed for that of another. One query."""
    prompt = KeptPrompt.objects.filter(team=where.team, uuid=uuid).first()
    if prompt is None:
        raise NotFound
    where.require("change_prompt", own=prompt.author_id == where.user.pk)
    return prompt


def visible_presets(where: Seat) -> QuerySet[Preset]:
    """The presets that the person may use: their own, and what others share. By name."""
    rows = Preset.objects.filter(Q(author=where.user) | Q(shared=True), team=where.team)
    return rows.select_related("author").order_by("name_key", "id")


def usable_preset(where: Seat, uuid: UUID) -> Preset:
    """Return a preset that the person may use, or raise NotFound. One query."""
    preset = visible_presets(where).filter(uuid=uuid, removed_at=None).first()
    if preset is None:
        raise NotFound("This preset is not there any more.")
    return preset


def changeable_preset(where: Seat, uuid: UUID) -> Preset:
    """Return a preset that the person may change, deleted ones included. One query."""
    preset = visible_presets(where).filter(uuid=uuid).first()
    if preset is None:
        raise NotFound("This preset is not there any more.")
    where.require("change_preset", own=preset.author_id == where.user.pk)
    return preset


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


def _find(where: Seat, uuid: UUID) -> Generation:
    generation = visible_to(where).filter(uuid=uuid).first()
    if generation is None:
        raise NotFound
    return generation


def attempt_of(token: Token) -> Attempt | None:
    """The attempt that a genuine callback token names, if its row exists. One query."""
    return Attempt.objects.filter(
        generation__uuid=token.generation, generation__team__uuid=token.team, number=token.attempt
    ).first()
