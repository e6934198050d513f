"""The reasons to refuse a file: codes that our programs print, and their sentences."""

from generations.media import limits

SENTENCES = {
    # Pictures.
    "damaged": "The picture is damaged.",
    "pixels": limits.PIXELS,
    "webp_pixels": limits.ANIMATED_PIXELS,
    "sides": f"{limits.SIDES}.",
    "type": "Use JPEG, PNG or WebP.",
    "heic": "Use JPEG, PNG or WebP. Your phone can export JPEG.",
    # Videos.
    "incomplete": "The video is incomplete.",
    "video_damaged": "The video is damaged.",
    "video_type": "Use MP4, MOV or WebM.",
    "elsewhere": "The video points to other files or addresses, which is not taken.",
    "silent_picture": "There is no picture in this video.",
    "tracks": limits.TOO_MANY_TRACKS,
    "codec": "This kind of video compression cannot be read. Use H.264 in an MP4.",
    "no_length": "The video has no length.",
    "too_long": limits.TOO_LONG,
    # Pictures and videos.
    "unknown": "Not a picture or video we can read.",
    "complex": "Too complex to process.",
}


class Refused(Exception):
    """One of our programs refuses the file. The argument is the code of the reason."""
