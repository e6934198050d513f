"""Images, videos and sounds that follow from a prompt, made on this machine."""

from .modify import modify_video
from .reframe import reframe_image, reframe_video, upscale_video
from .sound import add_audio
from .specs import Geometry, ImageSpec, VideoSpec
from .still import render_image
from .video import render_video
from .video_file import Probe, first_frame, last_frame, probe

__all__ = [
    "Geometry",
    "ImageSpec",
    "Probe",
    "VideoSpec",
    "add_audio",
    "first_frame",
    "last_frame",
    "modify_video",
    "probe",
    "reframe_image",
    "reframe_video",
    "render_image",
    "render_video",
    "upscale_video",
]
