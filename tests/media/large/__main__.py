"""Make the large films anew, beside this file."""

from tests.media import large, samples

for name, (codec, size, options) in large.FILMS.items():
    path = samples.video(large.FOLDER / name, size=size, frames=3, codec=codec, options=options)
    print(f"{path.name}: {path.stat().st_size:,} bytes")
