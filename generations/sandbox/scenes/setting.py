"""The setting that a prompt describes, read from its words. A hash decides what it leaves open."""

import hashlib
import re
from dataclasses import dataclass

import numpy as np

PLACES: dict[str, tuple[str, ...]] = {
    "space": ("space", "galaxy", "nebula", "planet", "cosmos", "cosmic", "asteroid", "spaceship",
              "spacecraft", "astronaut", "saturn", "mars", "orbit"),
    "city": ("city", "skyline", "street", "urban", "skyscraper", "tokyo", "york", "manhattan",
             "cyberpunk", "downtown", "building", "rooftop", "alley", "metropolis", "london",
             "paris", "hong", "shanghai", "town", "traffic", "subway", "taxi", "neon", "office",
             "apartment"),
    "beach": ("beach", "shore", "coast", "palm", "tropical", "island", "surf", "surfer", "sand",
              "lagoon", "caribbean", "hawaii"),
    "sea": ("sea", "ocean", "wave", "lighthouse", "ship", "boat", "sail", "sailboat", "whale",
            "dolphin", "harbour", "harbor", "yacht", "fish", "underwater"),
    "desert": ("desert", "dune", "sahara", "camel", "canyon", "mesa", "arid", "egypt", "pyramid",
               "oasis", "cactus", "western"),
    "snow": ("snow", "snowy", "arctic", "ice", "iceberg", "glacier", "frozen", "winter", "tundra",
             "polar", "ski", "antarctica", "icy", "penguin"),
    "forest": ("forest", "wood", "woods", "jungle", "pine", "tree", "rainforest", "redwood",
               "bamboo", "fox", "deer", "bear", "owl", "grove", "cabin", "campfire"),
    "mountains": ("mountain", "peak", "alps", "summit", "cliff", "himalaya", "volcano", "ridge",
                  "fjord", "eagle", "dragon", "climber", "hiker", "everest", "rock"),
    "meadow": ("meadow", "field", "grass", "prairie", "flower", "wheat", "farm", "savanna",
               "horse", "tulip", "sunflower", "garden", "lavender", "countryside", "sheep"),
    "hills": ("hill", "valley", "tuscany", "village", "vineyard", "road", "castle", "balloon",
              "train", "landscape"),
}  # fmt: skip
LIGHTS: dict[str, tuple[str, ...]] = {
    "dawn": ("dawn", "sunrise", "morning", "daybreak", "early"),
    "golden": ("golden", "warm", "sunlit", "autumn", "fall", "amber", "sunny", "afternoon"),
    "dusk": ("dusk", "sunset", "twilight", "evening", "sundown", "blue"),
    "night": ("night", "midnight", "moon", "moonlit", "moonlight", "star", "stars", "starry",
              "aurora", "neon", "cyberpunk", "dark", "milky"),
    "storm": ("storm", "stormy", "thunder", "thunderstorm", "lightning", "overcast", "gloomy",
              "rain", "rainy", "tempest", "grey", "gray", "cloudy", "drizzle", "noir"),
    "day": ("day", "noon", "midday", "daylight", "bright", "clear", "summer", "sun"),
}  # fmt: skip
WEATHERS: dict[str, tuple[str, ...]] = {
    "rain": ("rain", "rainy", "drizzle", "downpour", "monsoon", "storm", "thunderstorm"),
    "snowfall": ("snow", "snowing", "snowfall", "blizzard", "flurry", "snowflake", "snowy"),
    "fog": ("fog", "mist", "misty", "foggy", "haze", "hazy", "smoke", "steam"),
    "clouds": ("cloud", "clouds", "cloudy", "overcast", "sky", "storm", "stormy"),
    "lightning": ("lightning", "thunder", "thunderstorm"),
    "aurora": ("aurora", "northern", "borealis"),
    "stars": ("star", "stars", "starry", "milky", "galaxy", "constellation"),
    "fireflies": ("firefly", "fireflies", "lantern", "magical", "fairy", "ember", "spark"),
}  # fmt: skip
SUBJECTS: dict[str, tuple[str, ...]] = {
    "moon": ("moon", "moonlit", "moonlight"),
    "birds": ("bird", "birds", "flock", "seagull", "eagle", "crane", "dove"),
    "sailboat": ("boat", "sailboat", "ship", "sail", "yacht"),
    "lighthouse": ("lighthouse",),
    "balloon": ("balloon", "balloons"),
    "cabin": ("cabin", "house", "cottage", "hut", "barn"),
    "figure": ("man", "woman", "person", "hiker", "traveler", "traveller", "girl", "boy",
               "astronaut", "samurai", "knight", "figure", "people", "couple", "child"),
    "pyramid": ("pyramid", "pyramids", "egypt"),
    "flowers": ("flower", "flowers", "tulip", "sunflower", "lavender", "poppy", "blossom"),
}  # fmt: skip
TINTS: dict[str, tuple[str, ...]] = {
    "red": ("red", "crimson", "scarlet", "ruby", "blood"),
    "orange": ("orange", "amber", "rust", "copper", "fire", "flame", "fiery"),
    "gold": ("gold", "yellow", "honey"),
    "green": ("green", "emerald", "lush", "mossy", "jade"),
    "teal": ("teal", "turquoise", "cyan", "aqua"),
    "blue": ("blue", "azure", "cobalt", "sapphire", "navy", "cold"),
    "purple": ("purple", "violet", "lavender", "indigo", "magenta", "ultraviolet"),
    "pink": ("pink", "rose", "blossom", "cherry", "sakura"),
    "neon": ("neon", "cyberpunk", "synthwave", "vaporwave", "retrowave"),
    "pastel": ("pastel", "dreamy", "soft", "watercolor", "watercolour", "anime", "ghibli"),
    "noir": ("noir", "monochrome", "grayscale", "greyscale"),
    "sepia": ("sepia", "vintage", "antique"),
    "vivid": ("vivid", "vibrant", "saturated", "colorful", "colourful", "psychedelic"),
}  # fmt: skip
_WATER = ("lake", "river", "reflection", "reflecting", "reflect", "water", "pond", "harbour",
          "harbor", "bay", "fjord", "canal", "bridge", "waterfall", "mirror", "flood")  # fmt: skip
_SNOWY_PEAKS = re.compile(r"snow[- ]?(capped|topped)")
_ANYWHERE = ("mountains", "hills", "sea", "forest", "desert", "meadow", "city", "snow")
_SNOWTIME = ("dawn", "day", "dusk", "dawn")
_ANYTIME = ("golden", "dusk", "dawn", "day", "golden", "dusk")


@dataclass(frozen=True)
class Setting:
    """A scene in words of the tables above; place_named: whether the prompt names a place."""

    seed: int
    place: str
    place_named: bool
    light: str
    weather: frozenset[str]
    subjects: frozenset[str]
    tints: tuple[str, ...]
    water: bool

    def random(self, part: str) -> np.random.Generator:
        """Return random numbers for one part, so that a change in one part changes no other."""
        return np.random.default_rng([self.seed, seed_of(part)])


def seed_of(text: str) -> int:
    """Return a number that depends on the text only, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def read_setting(prompt: str) -> Setting:
    """Return the setting of a prompt; the same words always give the same setting."""
    words = _words(prompt)
    seed = seed_of(" ".join(words))
    place = _most_named(PLACES, words)
    light = _most_named(LIGHTS, words)
    weather = frozenset(_named(WEATHERS, words))
    chosen_place = place or _ANYWHERE[seed % len(_ANYWHERE)]
    chosen_light = light or _light_for(chosen_place, weather, seed)
    return Setting(
        seed=seed,
        place=chosen_place,
        place_named=place is not None,
        light=chosen_light,
        weather=weather,
        subjects=frozenset(_named(SUBJECTS, words)),
        tints=tuple(_named(TINTS, words)),
        water=_wet(chosen_place, words, seed, named=place is not None),
    )


def _words(prompt: str) -> list[str]:
    text = prompt.lower().replace("black-and-white", "monochrome")
    return re.findall(r"[a-z]+", _SNOWY_PEAKS.sub("alpine", text))


def _matches(word: str, keyword: str) -> bool:
    return word in (keyword, f"{keyword}s", f"{keyword}es")


def _named(table: dict[str, tuple[str, ...]], words: list[str]) -> list[str]:
    return [
        name
        for name, keywords in table.items()
        if any(_matches(word, keyword) for word in words for keyword in keywords)
    ]


def _most_named(table: dict[str, tuple[str, ...]], words: list[str]) -> str | None:
    """Return the entry with most words in the prompt; in a tie, the one named first."""
    scores: dict[str, tuple[int, int]] = {}
    for position, word in enumerate(words):
        for name, keywords in table.items():
            if any(_matches(word, keyword) for keyword in keywords):
                count, first = scores.get(name, (0, -position))
                scores[name] = (count + 1, first)
    return max(scores, key=lambda name: scores[name]) if scores else None


def _light_for(place: str, weather: frozenset[str], seed: int) -> str:
    if place == "space" or weather & {"aurora", "stars", "fireflies"}:
        return "night"
    if weather & {"rain", "lightning"}:
        return "storm"
    if weather & {"fog"}:
        return "dawn"
    times = _SNOWTIME if place == "snow" else _ANYTIME
    return times[(seed >> 8) % len(times)]


def _wet(place: str, words: list[str], seed: int, *, named: bool) -> bool:
    if place in ("sea", "beach", "city"):
        return True
    if place == "space":
        return False
    if any(_matches(word, keyword) for word in words for keyword in _WATER):
        return True
    by_chance = (seed >> 16) % 3 == 0
    return by_chance and place in ("mountains", "hills", "snow") and not named
