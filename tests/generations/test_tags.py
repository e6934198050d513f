"""Template tags: what they write, and that nothing gets out of an attribute."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.template import engines

NUMBER = UUID("12345678-1234-5678-1234-567812345678")
POST = 'formaction="/create/" hx-post="/create/"'
WHOLE = 'hx-target="#composer" hx-swap="outerMorph"'
START = 'href="/create/?starter=harbour'
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def written(source: str, **context: object) -> str:
    libraries = "{% load htmx times blocks %}"
    return engines["django"].from_string(libraries + source).render(context)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ('form_step url "swap"', f'name="do" value="swap" {POST}'),
        ('form_step url "clear" slot 2', f'name="do" value="clear:end_frame:2" {POST}'),
        ('composer_step url "preset" uuid', f'name="do" value="preset:{NUMBER}" {POST} {WHOLE}'),
        (
            'starter_link url "harbour"',
            f'{START}" data-compose hx-include="#composer-form" hx-post={START[5:]}" {WHOLE}',
        ),
    ],
)
def test_a_step_works_with_and_without_javascript(tag: str, expected: str) -> None:
    assert written(f"{{% {tag} %}}", url="/create/", slot="end_frame", uuid=NUMBER) == expected


@pytest.mark.parametrize(
    ("tag", "target"), [("targets_composer", "#composer"), ("targets_chain", "#chain-form")]
)
def test_target_and_swap_of_a_form_are_written_once_and_inherited(tag: str, target: str) -> None:
    expected = f'hx-target:inherited="{target}" hx-swap:inherited="outerMorph"'
    assert written(f"{{% {tag} %}}") == expected


def test_a_link_to_a_new_draft_leads_to_the_same_address_either_way() -> None:
    tag = '{% composer_link "/create/" uuid query %}'
    address = f"/create/?from={NUMBER}&amp;use=extend&amp;as=start"
    text = written(tag, uuid=NUMBER, query="use=extend&as=start")
    assert text.count(f'="{address}"') == 2
    assert written(tag, uuid=NUMBER, query="").count(f'="/create/?from={NUMBER}"') == 2


@pytest.mark.parametrize(
    "tag",
    [
        "posts evil evil",
        "form_step evil evil",
        "composer_step evil evil",
        "starter_link evil evil",
        "composer_link evil evil evil",
        "ago at css_class=evil",
    ],
)
def test_nothing_gets_out_of_an_attribute(tag: str) -> None:
    text = written(f"{{% {tag} %}}", evil='"><script>', at=AT)
    assert "&quot;&gt;&lt;script&gt;" in text
    assert "<script>" not in text


def test_moments_are_in_utc_until_the_browser_shows_them_in_the_reader_s_time() -> None:
    start = '<st-time mode="ago" datetime="2026-03-04T05:06:07+00:00">'
    assert written("{% ago at %}", at=AT) == f"{start}4 Mar 2026, 05:06 UTC</st-time>"
    assert written('{% ago at "j M Y" %}', at=AT) == f"{start}4 Mar 2026</st-time>"
    assert "since 05:06 UTC" in written("{% elapsed at %}", at=AT)


def test_compact_keeps_words_apart_and_tags_together() -> None:
    source = "{% compact %}\n<p\n   id='a'>\n  one\n  two\n</p>\n  <b>x</b>\n{% endcompact %}"
    assert written(source) == "<p id='a'> one two </p><b>x</b>"


def test_the_sentence_of_a_toast_may_go_over_several_lines() -> None:
    text = written("{% error_toast %}\n  Not sent.\n  Try <b>again</b>.\n{% enderror_toast %}")
    assert '<p class="toast__text">Not sent. Try &lt;b&gt;again&lt;/b&gt;.</p>' in text
