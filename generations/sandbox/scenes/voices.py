"""The sounds that a track is mixed from, each made of shaped noise and plain waves."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .noise import Floats, Random, line

RATE = 44_100

Voice = Callable[[Random, int], Floats]


@dataclass(frozen=True)
class Sound:
    """A sound, the words that ask for it, and how loud it is in the mix."""

    words: tuple[str, ...]
    voice: Voice
    level: float = 1.0


def _times(count: int) -> Floats:
    return np.arange(count, dtype=np.float32) / RATE


def shaped_noise(random: Random, count: int, low: float, high: float, slope: float) -> Floats:
    """Return stereo noise between two frequencies in Hz; slope is the fall of power with pitch."""
    spectrum = np.fft.rfft(random.normal(0, 1, (2, count)).astype(np.float32))
    pitch = np.fft.rfftfreq(count, 1 / RATE)
    gain = np.maximum(pitch, 20.0) ** (-slope / 2)
    gain = gain / (1 + (low / np.maximum(pitch, 1.0)) ** 4) / (1 + (pitch / high) ** 4)
    sound: Floats = np.fft.irfft(spectrum * gain, count)
    return levelled(sound)


def levelled(sound: Floats) -> Floats:
    """Return the sound at a root mean square of one."""
    return (sound / max(float(np.sqrt(np.mean(sound**2))), 1e-9)).astype(np.float32)


def _wander(random: Random, count: int, seconds: float, least: float) -> Floats:
    """Return a gain that varies between least and 1, changing about every `seconds`."""
    coarse = line(random, count // 100 + 2, seconds * RATE / 100, 2)
    gain = least + (1 - least) * np.clip(coarse * 0.8 + 0.5, 0, 1)
    spread: Floats = np.interp(np.arange(count), np.arange(len(gain)) * 100, gain)
    return spread.astype(np.float32)


def _placed(random: Random, count: int, grains: list[tuple[float, Floats]]) -> Floats:
    """Return short sounds placed at their seconds, each at a random place in stereo."""
    track = np.zeros((2, count), np.float32)
    for second, grain in grains:
        first = int(second * RATE)
        part = grain[: max(0, count - first)]
        side = random.uniform(0.25, 0.75)
        track[0, first : first + len(part)] += part * (1 - side)
        track[1, first : first + len(part)] += part * side
    return levelled(track)


def _moments(random: Random, count: int, per_second: float) -> list[float]:
    seconds = count / RATE
    return sorted(random.uniform(0, seconds, max(1, round(per_second * seconds))).tolist())


def waves(random: Random, count: int) -> Floats:
    """Surf that comes in, breaks and hisses back."""
    turn = 2 * np.pi * (_times(count) / random.uniform(3.6, 4.8) + random.uniform(0, 1))
    swell = (0.5 + 0.5 * np.sin(turn)) ** 2
    deep = shaped_noise(random, count, 40, 500, 1.6) * (0.35 + 0.65 * swell)
    foam = shaped_noise(random, count, 900, 7000, 0.6) * np.roll(swell, int(0.4 * RATE)) ** 2
    return levelled(deep + foam * 0.55)


def wind(random: Random, count: int) -> Floats:
    """Gusts with a hollow tone."""
    low = shaped_noise(random, count, 60, 420, 1.2) * _wander(random, count, 1.8, 0.25)
    whistle = shaped_noise(random, count, 500, 900, 0.4) * _wander(random, count, 1.2, 0.0) ** 2
    return levelled(low + whistle * 0.4)


def rain(random: Random, count: int) -> Floats:
    """A steady fall with single drops near by."""
    fall = shaped_noise(random, count, 700, 11_000, 0.5)
    drops = [(at, _tick(random, 2500, 0.006)) for at in _moments(random, count, 38)]
    return levelled(fall + _placed(random, count, drops) * 0.6)


def thunder(random: Random, count: int) -> Floats:
    """Rolling claps over a far rumble."""
    rumble = shaped_noise(random, count, 25, 120, 1.5) * 0.35
    claps = []
    for at in _moments(random, count, 0.4):
        length = int(2.8 * RATE)
        roll = shaped_noise(random, length, 30, 300, 1.4)[0] * _wander(random, length, 0.3, 0.3)
        claps.append(
            (at, roll * np.exp(-_times(length) * 1.5) * np.minimum(1, _times(length) * 30))
        )
    return levelled(rumble + _placed(random, count, claps))


def traffic(random: Random, count: int) -> Floats:
    """A city's hum, cars that pass, a horn far off."""
    hum = shaped_noise(random, count, 50, 260, 1.3)
    cars = shaped_noise(random, count, 250, 2400, 1.0) * _wander(random, count, 1.5, 0.0) ** 2
    horn_time = _times(int(0.35 * RATE))
    horn = (np.sign(np.sin(2 * np.pi * 392 * horn_time)) * np.hanning(len(horn_time))).astype("f4")
    horns = _placed(random, count, [(at, horn) for at in _moments(random, count, 0.25)])
    return levelled(hum + cars * 0.7 + horns * 0.05)


def birds(random: Random, count: int) -> Floats:
    """Short whistled phrases."""
    songs: list[tuple[float, Floats]] = []
    for at in _moments(random, count, 1.3):
        pitch = random.uniform(2200, 4600)
        songs += [(at + n * 0.13, _chirp(random, pitch)) for n in range(int(random.integers(2, 6)))]
    return _placed(random, count, songs)


def _chirp(random: Random, pitch: float) -> Floats:
    time = _times(int(random.uniform(0.05, 0.12) * RATE))
    sweep = pitch * (1 + random.uniform(-0.25, 0.25) * time / max(float(time[-1]), 1e-3))
    tone: Floats = np.sin(2 * np.pi * np.cumsum(sweep) / RATE) * np.hanning(len(time))
    return tone.astype(np.float32)


def _tick(random: Random, pitch: float, decay: float) -> Floats:
    time = _times(int(decay * 6 * RATE))
    own = pitch * random.uniform(0.6, 1.6)
    tone: Floats = np.sin(2 * np.pi * own * time) * np.exp(-time / decay) * random.uniform(0.2, 1)
    return tone.astype(np.float32)


def crickets(random: Random, count: int) -> Floats:
    """A summer night."""
    time = _times(count)
    song = np.zeros(count, np.float32)
    for _ in range(4):
        pulse = np.clip(np.sin(2 * np.pi * random.uniform(14, 20) * time), 0, 1)
        phrase = np.clip(np.sin(2 * np.pi * random.uniform(0.7, 1.4) * time) * 3, 0, 1)
        song += np.sin(2 * np.pi * random.uniform(3900, 4700) * time) * pulse * phrase
    return levelled(np.stack([song, np.roll(song, 300)]))


def footsteps(random: Random, count: int) -> Floats:
    """Even steps on gravel."""
    steps = []
    for number in range(int(count / RATE * 1.9) + 1):
        length = int(0.16 * RATE)
        crunch = shaped_noise(random, length, 150, 2600, 0.9)[0]
        steps.append(
            (number / 1.9 + random.uniform(0, 0.03), crunch * np.exp(-_times(length) * 26))
        )
    return _placed(random, count, steps)


def fire(random: Random, count: int) -> Floats:
    """A low roar and crackling."""
    roar = shaped_noise(random, count, 60, 500, 1.2) * _wander(random, count, 0.5, 0.5)
    cracks = [(at, _tick(random, 1800, 0.003)) for at in _moments(random, count, 16)]
    return levelled(roar * 0.6 + _placed(random, count, cracks))


def stream(random: Random, count: int) -> Floats:
    """Running water: a bright murmur with bubbles."""
    flow = shaped_noise(random, count, 350, 5200, 0.8) * _wander(random, count, 0.25, 0.6)
    bubbles = [(at, _tick(random, 750, 0.02)) for at in _moments(random, count, 26)]
    return levelled(flow + _placed(random, count, bubbles) * 0.7)


def crowd(random: Random, count: int) -> Floats:
    """Many voices, no words."""
    murmur = np.zeros((2, count), np.float32)
    for _ in range(7):
        low = random.uniform(180, 700)
        voice = shaped_noise(random, count, low, low * 2.2, 1.0)
        murmur += voice * _wander(random, count, 0.16, 0.0) ** 2
    return levelled(murmur)


def engine(random: Random, count: int) -> Floats:
    """A motor that turns at a wandering speed."""
    speed = random.uniform(48, 80) * (0.85 + 0.3 * _wander(random, count, 2.5, 0.0))
    turn = np.cumsum(speed) / RATE
    tone = sum(np.sin(2 * np.pi * turn * n) / n for n in (1, 2, 3, 4, 6, 8))
    return levelled(np.stack([tone, tone]) + shaped_noise(random, count, 80, 900, 1.2) * 0.35)


def pad(random: Random, count: int) -> Floats:
    """A slow chord."""
    time = _times(count)
    root = 110 * 2 ** (int(random.integers(0, 12)) / 12)
    third = random.choice((3, 4))
    sides = []
    for detune in (0.997, 1.003):
        tone = np.zeros(count, np.float32)
        for step in (0, 7, 12, 12 + third, 19):
            pitch = root * detune * 2 ** (step / 12)
            breath = 0.7 + 0.3 * np.sin(2 * np.pi * random.uniform(0.08, 0.3) * time + step)
            tone += (
                np.sin(2 * np.pi * pitch * time) + 0.3 * np.sin(4 * np.pi * pitch * time)
            ) * breath
        sides.append(tone)
    return levelled(np.stack(sides) * np.minimum(1, time * 2.5 + 0.2))


def melody(random: Random, count: int) -> Floats:
    """Struck notes of one scale."""
    scale = (0, 2, 4, 7, 9, 12, 14, 16)
    root = 220 * 2 ** (int(random.integers(0, 9)) / 12)
    beat = random.uniform(0.26, 0.4)
    beats = [number for number in range(int(count / RATE / beat) + 1) if random.random() < 0.8]
    notes = [(n * beat, _note(root * 2 ** (random.choice(scale) / 12))) for n in beats]
    return _placed(random, count, notes)


def _note(pitch: float) -> Floats:
    time = _times(int(1.1 * RATE))
    tone = sum(
        np.sin(2 * np.pi * pitch * n * time) * np.exp(-time * (2.5 + n)) / n for n in range(1, 6)
    )
    return np.asarray(tone * np.minimum(1, time * 200), np.float32)


def drums(random: Random, count: int) -> Floats:
    """A kick on every beat and a hat between."""
    beat = 60 / random.uniform(96, 126)
    time = _times(int(0.25 * RATE))
    kick = np.sin(2 * np.pi * np.cumsum(45 + 110 * np.exp(-time * 30)) / RATE) * np.exp(-time * 12)
    hat = shaped_noise(random, len(time), 6000, 14_000, 0.0)[0] * np.exp(-time * 60) * 0.2
    hits: list[tuple[float, Floats]] = []
    for number in range(int(count / RATE / beat) + 1):
        hits += [(number * beat, kick.astype("f4")), ((number + 0.5) * beat, hat.astype("f4"))]
    return _placed(random, count, hits)


def bells(random: Random, count: int) -> Floats:
    """Chimes that ring out."""
    time = _times(int(2.2 * RATE))
    rings = []
    for at in _moments(random, count, 0.9):
        pitch = random.choice((523, 587, 659, 784, 880)) * random.choice((1, 2))
        ring = sum(
            np.sin(2 * np.pi * pitch * part * time) * np.exp(-time * part * 1.6)
            for part in (1, 2.76, 5.4)
        )
        rings.append((at, np.asarray(ring, np.float32)))
    return _placed(random, count, rings)


def boom(random: Random, count: int) -> Floats:
    """Explosions with long tails."""
    blasts = []
    for at in _moments(random, count, 0.35):
        length = int(2.0 * RATE)
        blast = shaped_noise(random, length, 25, 700, 1.3)[0] * np.exp(-_times(length) * 2.4)
        blasts.append((at * 0.7, blast))
    return _placed(random, count, blasts)


SOUNDS: dict[str, Sound] = {
    "waves": Sound(("wave", "ocean", "sea", "surf", "beach", "shore", "tide", "coast"), waves),
    "wind": Sound(("wind", "windy", "breeze", "gust", "blizzard", "howling"), wind),
    "rain": Sound(("rain", "rainy", "drizzle", "downpour", "storm", "thunderstorm"), rain, 0.8),
    "thunder": Sound(("thunder", "lightning", "storm", "thunderstorm"), thunder, 1.1),
    "traffic": Sound(("traffic", "city", "street", "urban", "car", "cars", "horn"), traffic),
    "birds": Sound(("bird", "birdsong", "forest", "seagull", "nature"), birds, 0.7),
    "crickets": Sound(("cricket", "insect", "cicada", "night"), crickets, 0.5),
    "footsteps": Sound(("footstep", "step", "walking", "walk", "running"), footsteps, 0.9),
    "fire": Sound(("fire", "campfire", "flame", "crackling", "crackle", "fireplace"), fire),
    "stream": Sound(("river", "stream", "waterfall", "water", "brook", "fountain"), stream, 0.8),
    "crowd": Sound(("crowd", "people", "voice", "chatter", "market", "cheering", "talking"), crowd),
    "engine": Sound(("engine", "motor", "spaceship", "machine", "train", "plane", "drone"), engine),
    "drums": Sound(("drum", "beat", "techno", "electronic", "percussion"), drums),
    "melody": Sound(("piano", "melody", "guitar", "harp", "song", "tune", "jazz"), melody, 0.9),
    "bells": Sound(("bell", "chime", "magical", "magic", "christmas"), bells, 0.8),
    "boom": Sound(("explosion", "boom", "blast", "impact", "cannon", "fireworks"), boom, 1.1),
    "pad": Sound(
        ("music", "ambient", "pad", "cinematic", "orchestral", "soundtrack", "score", "drone",
         "epic", "synth", "calm", "dreamy", "strings", "choir"), pad, 0.8),
}  # fmt: skip
