"""Runs a confined program on many files: `python -m tests.media.trial MEDIUM`, paths from stdin.

A process for each file is what the studio has; here each is forked from one that has imported
what that program imports, so that two thousand take a minute. Prints for each file how it ended:
the signal or exit status, its most memory, its time, and what it said.
"""

import importlib
import json
import os
import resource
import sys
from pathlib import Path

from generations.media.process_limits import allow_cpu_seconds, limit_process


def picture(path: Path) -> dict[str, object]:
    from generations.media import reencode

    limit_process()
    return reencode.main(path, path.with_suffix(".clean"), path.with_suffix(".poster"))


def video(path: Path) -> dict[str, object]:
    from generations.media import probing

    limit_process(at_most=probing.PREVIEW_CPU_SECONDS)
    found = probing.main(path, path.with_suffix(".poster"))
    if "refused" not in found:
        allow_cpu_seconds(probing.PREVIEW_CPU_SECONDS)
        found |= probing.preview(path, path.with_suffix(".mp4")) or {"preview": False}
    return found


def confined(path: Path) -> None:
    """Run the program on one file, in a child process that ends here."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    answer = video(path) if path.suffix == ".video" else picture(path)
    path.with_suffix(".answer").write_text(json.dumps(answer))


def main(medium: str) -> None:
    importlib.import_module(f"generations.media.{'probing' if medium == 'video' else 'reencode'}")
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    for line in sys.stdin:
        path = Path(line.strip())
        child = os.fork()
        if child == 0:
            status = 70
            try:
                confined(path)
                status = 0
            finally:
                os._exit(status)
        _, ended, used = os.wait4(child, 0)
        seconds = used.ru_utime + used.ru_stime
        answer = path.with_suffix(".answer")
        said = json.loads(answer.read_text()) if answer.exists() else None
        code = os.waitstatus_to_exitcode(ended)
        print(json.dumps([path.name, code, used.ru_maxrss, seconds, said]), flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(sys.argv[1])
