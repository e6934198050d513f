"""Pasted tables: what is read, and each sentence for what is none."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generations.recipes.variables import LARGEST_ROWS, Rows, WrongRows, read_file, read_rows

CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).map(
    lambda text: text.strip()
)


def read(text: str, most: int = 50) -> Rows:
    found = read_rows(text, most)
    assert found is not None
    return found


def refused(text: str, most: int = 50) -> str:
    with pytest.raises(WrongRows) as wrong:
        read_rows(text, most)
    return str(wrong.value)


@pytest.mark.parametrize(
    "text",
    [
        "product,city\nred,Oslo\nblue,Rome",
        "product;city\r\nred;Oslo\r\nblue;Rome\r\n",
        "product\tcity\rred\tOslo\rblue\tRome",
        '\ufeff"product","city"\n"red","Oslo"\n"blue","Rome"',
        "\n\n product , city \n\nred, Oslo\n,\nblue,Rome\n\n",
        '"product",city\nred,Oslo\nblue,Rome',
    ],
    ids=["commas", "semicolons", "tabs", "quotes and a mark", "blank lines", "quoted name"],
)
def test_the_same_table_however_it_is_written(text: str) -> None:
    table = read(text)
    assert table.columns == ("product", "city")
    assert table.values == (("red", "Oslo"), ("blue", "Rome"))
    assert [*table] == [{"product": "red", "city": "Oslo"}, {"product": "blue", "city": "Rome"}]


def test_quotes_keep_separators_quotes_and_lines() -> None:
    table = read('x,y\n"a, b","say ""hi""\nnow"')
    assert table.values == (("a, b", 'say "hi"\nnow'),)


def test_one_column_keeps_its_commas() -> None:
    assert read("shot\na red, shiny kettle; steaming").values == (
        ("a red, shiny kettle; steaming",),
    )


def test_inches_are_no_quotes() -> None:
    assert read('size,thing\n5" wide,pipe').values == (('5" wide', "pipe"),)


def test_an_empty_value_is_one() -> None:
    assert read("a\tb\nx\t").values == (("x", ""),)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff"])
def test_nothing_is_no_table(text: str) -> None:
    assert read_rows(text, 50) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n3", "Line 3 has 1 value; the first line names 2."),
        ("a,b\n\n1,2,3", "Line 3 has 3 values; the first line names 2."),
        ("a,b", "There are columns and no rows. The first line names the columns."),
        ("a,,c\n1,2,3", "The first line names the columns, and column 2 has no name."),
        (",,\n,", "The first line names the columns, and column 1 has no name."),
        ("City,city\n1,2", "Two columns are called “city”."),
        ("a\n1\n2\n3", "2 rows at most for one press."),
        (
            'a,b\n1,2\n"3,4',
            "Line 3 cannot be read: a quote there is not closed, or text follows it.",
        ),
        (
            'a,b\n"1"x,2',
            "Line 2 cannot be read: a quote there is not closed, or text follows it.",
        ),
        ("a\n" + "x" * LARGEST_ROWS, "200 kB of rows at most."),
        ('a\n"' + "x" * 150_000, "Line 2 cannot be read: "),
    ],
)
def test_each_problem_has_its_sentence(text: str, sentence: str) -> None:
    assert refused(text, most=2).startswith(sentence)


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2).filter(any), min_size=1, max_size=6),
    st.sampled_from(",;\t"),
)
def test_what_a_spreadsheet_writes_is_read_again(rows: list[list[str]], delimiter: str) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([["first", "second"], *rows])
    assert [list(row) for row in read(stream.getvalue()).values] == rows


@given(st.text(max_size=60))
def test_any_text_is_a_table_or_a_sentence(text: str) -> None:
    said, table = "", None
    try:
        table = read_rows(text, 5)
    except WrongRows as wrong:
        said = str(wrong)
    assert said.endswith(".") or said == ""
    assert table is None or 1 <= len(table) <= 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_of_usual_programs_are_read(encoding: str) -> None:
    assert read_file("prix\n5 € à Orléans".encode(encoding)) == "prix\n5 € à Orléans"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"x" * (LARGEST_ROWS + 1), "The file is larger than 200 kB."),
        (b"PK\x03\x04\x00\x00", "This file is no text. Save the table as CSV."),
        (b"\xff\xfe\x00", "This file is no text. Save the table as CSV."),
        (b"\x81\x00", "This file is no text. Save the table as CSV."),
    ],
)
def test_a_file_that_is_no_table_says_why(content: bytes, sentence: str) -> None:
    with pytest.raises(WrongRows, match=sentence):
        read_file(content)
