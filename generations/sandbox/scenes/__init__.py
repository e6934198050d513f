"""Scenes: pictures, films and sounds that follow from a prompt, painted on this machine."""

from .film import Probe, first_frame, last_frame, probe
from .modify import modify_video
from .orders import Geometry, ImageOrder, VideoOrder, image_size, video_size
from .reframe import reframe_image, reframe_video, upscale_video
from .sound import add_audio
from .still import render_image
from .video import render_video

__all__ = [
    "Geometry",
    "ImageOrder",
    "Probe",
    "VideoOrder",
    "add_audio",
    "first_frame",
    "image_size",
    "last_frame",
    "modify_video",
    "probe",
    "reframe_image",
    "reframe_video",
    "render_image",
    "render_video",
    "upscale_video",
    "video_size",
]
