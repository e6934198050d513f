"""What a prompt says is what the setting holds, and the same words say the same for ever."""

import pytest

from generations.sandbox.scenes.mood import MOODS, mood_of
from generations.sandbox.scenes.setting import read_setting


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("snow-capped mountains above a valley", "mountains"),
        ("rolling hills of Tuscany", "hills"),
        ("camels cross the Sahara dunes", "desert"),
        ("a fox in a pine forest", "forest"),
        ("ocean waves", "sea"),
        ("a tropical beach", "beach"),
        ("Tokyo street with neon signs", "city"),
        ("an iceberg in the Arctic", "snow"),
        ("a meadow of flowers", "meadow"),
        ("a spaceship passes Saturn", "space"),
    ],
)
def test_a_named_place_is_the_place(prompt: str, place: str) -> None:
    setting = read_setting(prompt)
    assert setting.place == place
    assert setting.place_named


@pytest.mark.parametrize(
    ("prompt", "light"),
    [
        ("hills at sunrise", "dawn"),
        ("hills at noon", "day"),
        ("hills in warm golden light", "golden"),
        ("hills at sunset", "dusk"),
        ("hills under the stars", "night"),
        ("hills in a thunderstorm", "storm"),
    ],
)
def test_a_named_light_is_the_light(prompt: str, light: str) -> None:
    assert read_setting(prompt).light == light


@pytest.mark.parametrize(
    ("prompt", "weather"),
    [
        ("rain on a lake", "rain"),
        ("snow falls on a village", "snowfall"),
        ("a misty lake", "fog"),
        ("lightning over the sea", "lightning"),
        ("aurora over a fjord", "aurora"),
        ("a starry night", "stars"),
    ],
)
def test_named_weather_is_in_the_air(prompt: str, weather: str) -> None:
    assert weather in read_setting(prompt).weather


def test_fair_weather_has_nothing_in_the_air() -> None:
    assert read_setting("hills at noon").weather == frozenset()


def test_a_prompt_without_a_place_gets_one_from_its_words() -> None:
    setting = read_setting("a cat playing the piano")
    assert not setting.place_named
    assert setting.light in MOODS
    assert setting == read_setting("a cat playing the piano")


def test_different_words_get_different_chances() -> None:
    prompts = [f"a thing called {name}" for name in ("ab", "cd", "ef", "gh", "ij", "kl", "mn")]
    settings = [read_setting(prompt) for prompt in prompts]
    assert len({setting.seed for setting in settings}) == len(prompts)
    assert len({(setting.place, setting.light) for setting in settings}) > 1


def test_plurals_count_as_the_word() -> None:
    assert read_setting("two mountains").place == read_setting("one mountain").place


def test_a_word_inside_another_does_not_count() -> None:
    assert not read_setting("a seal and a season").place_named


def test_the_sea_has_water_and_space_has_none() -> None:
    assert read_setting("the sea").water
    assert not read_setting("a galaxy in space, with a lake").water


def test_a_lake_brings_water_to_the_mountains() -> None:
    assert read_setting("mountains and a lake").water


def test_an_empty_prompt_still_is_a_setting() -> None:
    assert read_setting("").place
    assert read_setting("").light


def test_palette_words_bend_the_mood() -> None:
    plain = mood_of(read_setting("the sea at noon"))
    teal = mood_of(read_setting("the teal sea at noon"))
    red = mood_of(read_setting("the crimson sea at noon"))
    assert teal != plain
    assert red.middle[0] - red.middle[2] > plain.middle[0] - plain.middle[2]


def test_noir_has_no_colour() -> None:
    mood = mood_of(read_setting("a noir street"))
    for colour in (mood.zenith, mood.middle, mood.horizon, mood.sun):
        assert max(colour) - min(colour) < 0.01


def test_colours_stay_within_range_under_many_words() -> None:
    mood = mood_of(read_setting("vivid neon pastel red gold teal purple sea at night"))
    for colour in (mood.zenith, mood.middle, mood.horizon, mood.sun, mood.haze, mood.cloud):
        assert all(0 <= part <= 1 for part in colour)
