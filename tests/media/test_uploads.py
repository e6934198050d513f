"""Uploaded pictures: which are accepted, which are refused and with which sentence."""

import io
import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from pytest_django import Settings

from generations.media import confined, reencode, store
from generations.media.access import usable_uploads
from generations.media.models import StoredFile, Upload
from generations.media.names import shown_name
from generations.media.queries import team_uploads
from generations.media.refusals import SENTENCES
from generations.media.uploads import add_image_upload, remove_upload
from generations.models import Generation, GenerationInput, Kind
from studio.accounts.models import User
from studio.errors import Conflict, StudioError, TooLarge, Unavailable
from studio.teams.models import Team
from tests.media import samples
from tests.media.hostile_pictures import HOSTILE, archive, jpeg, saved

Add = Callable[..., Upload]


@pytest.fixture
def add(team: Team, ed: User) -> Add:
    """Upload bytes under a name, as Ed."""

    def upload(body: bytes, name: str = "a.png", content_type: str = "image/png") -> Upload:
        return add_image_upload(team, ed, SimpleUploadedFile(name, body, content_type))

    return upload


def kept(upload: Upload) -> Image.Image:
    """The stored picture."""
    with store.open_file(upload.file) as stream:
        image = Image.open(io.BytesIO(stream.read()))
    image.load()
    return image


def test_corpus_is_large_enough() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_gets_its_sentence_and_leaves_nothing(
    add: Add, in_process: None, media_root: Path, name: str
) -> None:
    body, sentence = HOSTILE[name]
    with pytest.raises(StudioError) as refusal:
        add(body)
    assert refusal.value.sentence == sentence
    assert not Upload.objects.exists()
    assert not StoredFile.objects.exists()
    assert [path for path in media_root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["U02 noise", "U07 png cut", "U08 png 65535 square", "U13 heic"])
def test_process_with_limits_says_the_same(add: Add, name: str) -> None:
    body, sentence = HOSTILE[name]
    with pytest.raises(StudioError, match=sentence[:20]) as refusal:
        add(body)
    assert refusal.value.sentence == sentence


def test_picture_is_kept_with_measures_and_poster(add: Add, team: Team, ed: User) -> None:
    upload = add(jpeg((640, 360)), "sea.jpg")
    assert (upload.team, upload.author, upload.original_name) == (team, ed, "sea.jpg")
    assert (upload.file.width, upload.file.height) == (640, 360)
    assert (upload.file.purpose, upload.file.content_type) == ("upload", "image/jpeg")
    assert upload.poster is not None
    assert (upload.poster.purpose, upload.poster.content_type) == ("poster", "image/webp")
    assert upload.poster.width == 480
    assert upload.poster.size <= 40_000
    assert upload.notice == ""


def test_png_stays_lossless(add: Add) -> None:
    picture = samples.noise((80, 60))
    again = kept(add(samples.encoded(picture)))
    assert again.format == "PNG"
    assert again.tobytes() == picture.tobytes()


@pytest.mark.parametrize(
    ("kind", "result"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "JPEG"), ("MPO", "JPEG")]
)
@pytest.mark.usefixtures("in_process")
def test_taken_types_and_what_becomes_of_them(add: Add, kind: str, result: str) -> None:
    assert kept(add(saved(kind))).format == result


@pytest.mark.usefixtures("in_process")
def test_content_decides_and_not_the_name_or_the_announced_type(add: Add) -> None:
    upload = add(saved("JPEG"), "a.png", "text/html")
    assert upload.file.content_type == "image/jpeg"
    assert upload.file.path.endswith(".jpg")


@pytest.mark.parametrize("announced", ["", "text/html", "image/png;x", "x" * 10_000])
@pytest.mark.usefixtures("in_process")
def test_announced_type_is_ignored(add: Add, announced: str) -> None:
    assert add(saved("PNG"), "a.png", announced).file.content_type == "image/png"


@pytest.mark.parametrize(
    "body",
    [
        saved("JPEG") + archive(),
        saved("PNG") + b"<?php evil",
        jpeg(comment=b"<script>evil</script>"),
        jpeg() + b"evil" * 1000,
    ],
)
@pytest.mark.usefixtures("in_process")
def test_what_hides_in_a_picture_is_gone(add: Add, body: bytes) -> None:
    upload = add(body)
    clean = store.path_of(upload.file).read_bytes()
    assert b"evil" not in clean
    assert b"PK\3\4" not in clean


def _exif(**extra: object) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    return exif


@pytest.mark.usefixtures("in_process")
def test_metadata_is_stripped_and_orientation_applied(add: Add) -> None:
    upload = add(jpeg((200, 100), exif=_exif(), comment=b"where I live"))
    clean = kept(upload)
    body = store.path_of(upload.file).read_bytes()
    assert clean.size == (100, 200)
    assert dict(clean.getexif()) == {}
    assert all(secret not in body for secret in (b"SecretCam", b"Exif", b"where I live"))


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.usefixtures("in_process")
def test_every_orientation_comes_upright(add: Add, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    picture = samples.picture((96, 64))
    stored = picture.transpose(Image.Transpose(back[turn])) if turn > 1 else picture
    clean = kept(add(samples.encoded(stored, "PNG", exif=exif)))
    assert clean.tobytes() == picture.tobytes()


@pytest.mark.usefixtures("in_process")
def test_text_and_profile_of_a_png_are_stripped(add: Add) -> None:
    notes = PngInfo()
    notes.add_text("Comment", "my secret prompt")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    body = samples.encoded(samples.picture(), "PNG", pnginfo=notes, icc_profile=profile)
    clean = kept(add(body))
    assert "icc_profile" not in clean.info
    assert "Comment" not in clean.info


@pytest.mark.parametrize("profile", [b"", b"junk" * 50, b"\0" * 200_000])
@pytest.mark.usefixtures("in_process")
def test_broken_profile_is_as_good_as_none(add: Add, profile: bytes) -> None:
    assert kept(add(jpeg(icc_profile=profile))).mode == "RGB"


@pytest.mark.parametrize("exif", [b"Exif\0\0junk", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"x" * 60_000])
@pytest.mark.usefixtures("in_process")
def test_broken_exif_means_upright(add: Add, exif: bytes) -> None:
    assert kept(add(jpeg((200, 100), exif=exif))).size == (200, 100)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LA", "RGBA", "I;16"])
@pytest.mark.usefixtures("in_process")
def test_colours_look_right_in_every_mode(add: Add, mode: str) -> None:
    if mode == "I;16":
        picture = Image.new("I;16", (64, 64), 200 * 257)
    else:
        picture = Image.new("RGB", (64, 64), (200, 200, 200)).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    clean = kept(add(samples.encoded(picture, kind)))
    assert clean.mode == "RGB"
    if mode != "1":
        assert all(abs(value - 200) <= 6 for value in clean.getpixel((30, 30)))  # type: ignore[union-attr]


def _profile_with_red_and_green_swapped() -> bytes:
    """sRGB's profile with two columns of its matrix swapped."""
    body = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = body.index(b"rXYZ"), body.index(b"gXYZ")
    body[red : red + 4], body[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(body)


@pytest.mark.usefixtures("in_process")
def test_colours_of_another_gamut_are_brought_to_srgb(add: Add) -> None:
    profile = _profile_with_red_and_green_swapped()
    picture = Image.new("RGB", (64, 64), (240, 20, 20))
    red, green, _ = kept(add(samples.encoded(picture, "PNG", icc_profile=profile))).getpixel((3, 3))  # type: ignore[misc]
    assert green > 200 > 60 > red


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.usefixtures("in_process")
def test_transparent_parts_become_white(add: Add, mode: str) -> None:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste((10, 10, 10, 255), (32, 0, 64, 64))
    clean = kept(add(samples.encoded(picture.convert(mode), "PNG")))
    assert clean.getpixel((5, 5)) == (255, 255, 255)
    assert clean.getpixel((50, 5)) == (10, 10, 10)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
@pytest.mark.usefixtures("in_process")
def test_of_a_moving_picture_the_first_frame_is_kept_and_that_is_said(add: Add, kind: str) -> None:
    frames = [Image.new("RGB", (32, 32), (number % 250, 0, 0)) for number in range(3, 203)]
    body = samples.encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    upload = add(body)
    assert upload.notice == "Only the first frame was kept."
    assert kept(upload).getpixel((1, 1))[0] <= 8  # type: ignore[index]


def test_large_picture_is_made_small_enough_within_the_limits(add: Add) -> None:
    body = samples.encoded(samples.noise((4000, 3000)), "JPEG", quality=90)
    assert 10_000_000 < len(body) < 20_000_000
    assert add(body).file.size <= 10_000_000


def test_wildest_picture_loses_pixels_and_not_its_place(add: Add) -> None:
    body = samples.encoded(samples.noise((8000, 5000)), "JPEG", quality=40)
    upload = add(body)
    assert upload.file.size <= 10_000_000
    assert (upload.file.width, upload.file.height) == (4000, 2500)


@pytest.mark.parametrize("mode", ["CMYK", "RGB", "RGBA"])
def test_largest_allowed_picture_stays_within_the_limits(add: Add, mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new(mode, (8000, 5000), (10, 20, 30, 40)[: len(mode)])
    kind = "PNG" if mode == "RGBA" else "JPEG"
    upload = add(samples.encoded(picture, kind, exif=exif))
    assert (upload.file.width, upload.file.height) == (5000, 8000)


def test_too_many_bytes_are_refused(add: Add, media_root: Path) -> None:
    with pytest.raises(TooLarge, match=r"^Images up to 20 MB\.$"):
        add(saved("PNG") + b"\0" * 20_000_000)
    assert [path for path in media_root.rglob("*") if path.is_file()] == []


def test_announced_size_is_not_believed(team: Team, ed: User) -> None:
    file = SimpleUploadedFile("a.png", b"\0" * 20_000_001)
    file.size = 10
    with pytest.raises(TooLarge):
        add_image_upload(team, ed, file)


def test_full_disk_is_said(add: Add, settings: Settings) -> None:
    settings.MEDIA_RESERVE = 2**60
    with pytest.raises(StudioError, match=r"^Storage is full; the operator was told\.$"):
        add(saved("PNG"))


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "import os; os.kill(os.getpid(), 9)",
        "raise MemoryError",
        "import sys; sys.exit(3)",
    ],
)
def test_death_of_the_re_encoder_is_a_sentence(
    add: Add, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    fake = tmp_path / "python"
    fake.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{program}"\n')
    fake.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(fake))
    monkeypatch.setattr(confined, "SECONDS", 1)
    with pytest.raises(StudioError, match=r"^Too complex to process\.$"):
        add(saved("PNG"))


def test_picture_waits_its_turn_and_then_is_told_to_come_back(
    add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "_RUNNING", threading.BoundedSemaphore(1))
    monkeypatch.setattr(confined, "WAIT_SECONDS", 0.05)
    with confined._RUNNING, pytest.raises(Unavailable, match="Try again"):
        add(saved("PNG"))
    assert add(saved("PNG")).file.size


def _mutated(body: bytes, chance: random.Random) -> bytes:
    """The bytes with a few flips, or a cut, or a piece repeated."""
    changed = bytearray(body)
    for _ in range(chance.choice((1, 3, 20))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    kind = chance.randrange(4)
    place = chance.randrange(len(changed))
    if kind == 0:
        return bytes(changed[:place])
    return bytes(changed + changed[place:]) if kind == 1 else bytes(changed)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_mutated_picture_is_refused_or_made_anew(tmp_path: Path, kind: str) -> None:
    chance = random.Random(7)
    seed = samples.encoded(samples.noise((40, 30)), kind)
    given, clean, poster = (tmp_path / name for name in ("given", "clean", "poster"))
    outcomes = set()
    for _ in range(150):
        given.write_bytes(_mutated(seed, chance))
        answer = reencode.main(given, clean, poster)
        outcomes.add("refused" if "refused" in answer else "taken")
        if "refused" in answer:
            assert answer["refused"] in SENTENCES
        else:
            with Image.open(clean, formats=["JPEG", "PNG"]) as picture:
                picture.load()
                assert picture.mode == "RGB"
    assert "refused" in outcomes


def test_same_bytes_are_one_stored_object_in_a_team(add: Add) -> None:
    first, second = add(jpeg(), "a.jpg"), add(jpeg(), "b.jpg")
    assert first == second
    assert StoredFile.objects.count() == 2
    assert len(list(store.disk().root.glob("??/??/*"))) == 2


def test_same_bytes_in_another_team_are_another_object(add: Add, cleo: User) -> None:
    ours = add(jpeg())
    theirs = add_image_upload(cleo.teams.get(), cleo, SimpleUploadedFile("a.jpg", jpeg()))
    assert theirs != ours
    assert theirs.file.path != ours.file.path


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a.jpg.php", "a.jpg.php"),
        ("..\\..\\x", "..\\..\\x"),
        ("/etc/passwd", "/etc/passwd"),
        ("CON", "CON"),
        ("x" * 300, "x" * 200),
        ("a\0b\nc\r\td.png", "abcd.png"),
        ("gnp.\u202eexe.png", "gnp.exe.png"),
        ("👩\u200d🚀.png", "👩\u200d🚀.png"),
        ("", ""),
        (None, ""),
        ('say "hi".png', 'say "hi".png'),
        ("half\ud800.png", "half.png"),
        ("  spaced  ", "spaced"),
    ],
)
def test_name_is_kept_as_harmless_text(given: str | None, shown: str) -> None:
    assert shown_name(given) == shown


@pytest.mark.parametrize("name", ["..\\..\\x.png", "../../x.png", ".htaccess", "a" * 300 + ".png"])
@pytest.mark.usefixtures("in_process")
def test_name_never_reaches_the_disk(add: Add, name: str) -> None:
    upload = add(saved("PNG"), name)
    assert (
        upload.file.path
        == f"{upload.file.uuid.hex[:2]}/{upload.file.uuid.hex[2:4]}/{upload.file.uuid}.png"
    )


@pytest.mark.usefixtures("in_process")
def test_team_finds_its_uploads_and_no_other_team_does(add: Add, team: Team, cleo: User) -> None:
    upload = add(saved("PNG"))
    named = [upload.uuid, uuid4()]
    assert list(usable_uploads(team, named)) == [upload]
    assert not usable_uploads(cleo.teams.get(), named)


@pytest.mark.usefixtures("in_process")
def test_uploads_come_newest_first_in_one_query(
    add: Add, team: Team, django_assert_num_queries: Callable[[int], object]
) -> None:
    made = [add(saved("PNG", (20 + number, 20))) for number in range(4)]
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        found = [(upload, upload.file.path, upload.poster) for upload in team_uploads(team)]
    assert [each[0] for each in found] == made[::-1]


@pytest.mark.usefixtures("in_process")
def test_removed_upload_is_gone_with_its_files(
    add: Add, ed: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    upload = add(saved("PNG"))
    paths = [store.path_of(upload.file), store.path_of(upload.poster)]  # type: ignore[arg-type]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        remove_upload(upload, acting_user=ed)
    assert not StoredFile.objects.exists()
    assert not any(path.exists() for path in paths)


@pytest.mark.usefixtures("in_process")
def test_upload_in_use_is_not_removed(add: Add, ed: User, team: Team) -> None:
    upload = add(saved("PNG"))
    generation = Generation.objects.create(
        team=team,
        author=ed,
        kind=Kind.IMAGE_TO_VIDEO,
        media_type="video",
        prompt="a red fox in snow",
        model="ray-2",
        submit_key=uuid4(),
    )
    GenerationInput.objects.create(generation=generation, slot="start_frame", upload=upload)
    with pytest.raises(Conflict, match=r"^In use by a red fox in snow\.$"):
        remove_upload(upload, acting_user=ed)
    assert store.path_of(upload.file).is_file()
    assert Upload.objects.filter(pk=upload.pk).exists()
