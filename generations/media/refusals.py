"""Why a file from outside is not taken: the codes that our programs print, and their sentences."""

SENTENCES = {
    # Pictures.
    "damaged": "The picture is damaged.",
    "pixels": "Too many pixels. Each side 16–8192, at most 40 million in all.",  # noqa: RUF001
    "webp_pixels": "Too many pixels. A WebP that moves may have 20 million, others 40 million.",
    "sides": "Each side 16–8192.",  # noqa: RUF001
    "type": "Use JPEG, PNG or WebP.",
    "heic": "Use JPEG, PNG or WebP. Your phone can export JPEG.",
    # Videos.
    "incomplete": "The video is incomplete.",
    "video_damaged": "The video is damaged.",
    "video_type": "Use MP4, MOV or WebM.",
    "elsewhere": "The video points to other files or addresses, which is not taken.",
    "silent_picture": "There is no picture in this video.",
    "tracks": "The video has more than 64 tracks.",
    "codec": "This kind of video compression cannot be read. Use H.264 in an MP4.",
    "no_length": "The video has no length.",
    "too_long": "Videos up to 60 minutes.",
    # Both.
    "unknown": "Not a picture or video we can read.",
    "complex": "Too complex to process.",
}


class Refused(Exception):
    """The file is not taken; the argument is the reason's code in SENTENCES."""
