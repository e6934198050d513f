"""Reads a script of `static/js` into tokens, and finds its assignments inside expressions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_SKIPPED = re.compile(r"(?:\s|/\*.*?\*/|//[^\n]*)+", re.DOTALL)
_NAME = re.compile(r"#?[$\w]+")
_TEXT = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""")
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[*])+/[a-z]*")
_CHUNK = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*", re.DOTALL)
_SIGN = re.compile(
    r"=>|\.\.\.|\?\.(?!\d)|[!=]==?|>>>=?|<<=?|>>=?|[<>]=|\*\*=?|&&=?|\|\|=?|\?\?=?|\+\+|--|"
    r"[-+*/%&|^]=|[-+*/%&|^~!<>=?:;,.(){}\[\]]"
)

ASSIGNMENTS = frozenset("= += -= *= /= %= **= &&= ||= ??= &= |= ^= <<= >>= >>>=".split())
DECLARING = frozenset(("const", "let", "var", "static"))
HEADS = frozenset(("if", "for", "while", "switch", "catch"))
WORDS = HEADS | {"return", "else", "do", "of", "in", "typeof", "await", "new", "case", "throw"}
CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
OPENED_BY = {close: opening for opening, close in CLOSED_BY.items()}


@dataclass(frozen=True)
class Token:
    """One name, text, pattern or sign; `line` counts from 1. A text stands without its quotes."""

    sort: str
    text: str
    line: int


def tokens(script: str) -> list[Token]:
    """Return the tokens of a script. Raise ValueError for a character that starts none.

    A template literal becomes its texts, with every `${…}` between them in round brackets.
    """
    return [token for token, _ in _read(script, 0)]


def _read(script: str, place: int) -> Iterator[tuple[Token, int]]:
    """Yield each token with the place behind it, up to the end or to a brace that closes none."""
    last, open_braces = "", 0
    while place < len(script):
        if skipped := _SKIPPED.match(script, place):
            place = skipped.end()
            continue
        if script[place] == "`":
            for token, place in _template(script, place + 1):
                yield token, place
            last = "`"
            continue
        token, place = _one(script, place, last)
        open_braces += (token.text == "{") - (token.text == "}") if token.sort == "sign" else 0
        if open_braces < 0:
            return
        yield token, place
        last = token.text


def _template(script: str, place: int) -> Iterator[tuple[Token, int]]:
    """Yield the tokens of a template literal; `place` is behind its first backtick."""
    while chunk := _CHUNK.match(script, place):
        line = script.count("\n", 0, place) + 1
        place = chunk.end() + 1
        yield Token("text", chunk[0], line), place
        if script[chunk.end()] == "`":
            return
        place += 1
        yield Token("sign", "(", line), place
        for token, place in _read(script, place):
            yield token, place
        place = script.index("}", place) + 1
        yield Token("sign", ")", line), place


def _one(script: str, place: int, last: str) -> tuple[Token, int]:
    """Return the token at a place. A slash starts a pattern where no value stands before it."""
    value = bool(re.fullmatch(r"[$\w#]+|[)\]`]", last)) and last not in WORDS
    forms = {"text": _TEXT, "name": _NAME, "sign": _SIGN}
    if not value:
        forms = {"pattern": _PATTERN, **forms}
    for sort, form in forms.items():
        if found := form.match(script, place):
            text = found[0][1:-1] if sort == "text" else found[0]
            return Token(sort, text, script.count("\n", 0, place) + 1), found.end()
    raise ValueError(f"Unexpected {script[place : place + 20]!r}.")


class Code:
    """The tokens of one script with the brackets that belong together."""

    def __init__(self, script: str) -> None:
        self.tokens = tokens(script)
        self.partner: dict[int, int] = {}
        self.around: list[int] = []
        self._pair()

    def _pair(self) -> None:
        """Note for each bracket its partner and for each token the bracket around it, or -1."""
        opened: list[int] = []
        for place, token in enumerate(self.tokens):
            closing = token.sort == "sign" and token.text in OPENED_BY
            if closing:
                start = opened.pop()
                assert self.sign(start) == OPENED_BY[token.text], token
                self.partner |= {start: place, place: start}
            self.around.append(opened[-1] if opened else -1)
            if token.sort == "sign" and token.text in CLOSED_BY:
                opened.append(place)
        assert not opened

    def sign(self, place: int) -> str:
        """Return the text of a sign or a name, or "" for a text and outside the script."""
        inside = 0 <= place < len(self.tokens)
        return self.tokens[place].text if inside and self.tokens[place].sort != "text" else ""

    def _is_value(self, place: int) -> bool:
        sort = self.tokens[place].sort if 0 <= place < len(self.tokens) else ""
        name = sort == "name" and self.sign(place) not in WORDS
        return name or sort == "text" or self.sign(place) in (")", "]")

    def target_start(self, place: int) -> int:
        """Return where the target of the assignment at a place starts: `a`, `a.b(c)[d]`, `{ e }`."""
        place -= 1
        while True:
            closing = self.sign(place) in OPENED_BY
            place = self.partner[place] if closing else place
            before = self.sign(place - 1)
            if before in (".", "?."):
                place -= 2
            elif closing and self.sign(place) in "([" and self._is_value(place - 1):
                place -= 1
            else:
                return place

    def takes_parameters(self, place: int) -> bool:
        """Whether the round bracket at a place holds the parameters of a function."""
        if self.sign(place) != "(" or self.sign(place - 1) in HEADS:
            return False
        return self.sign(self.partner[place] + 1) in ("{", "=>")

    def in_pattern(self, place: int) -> bool:
        """Whether a token stands in a pattern or in parameters, where `=` gives a default."""
        around = self.around[place]
        while around >= 0:
            if self.takes_parameters(around):
                return True
            if self.sign(around) in "{[" and self.sign(self.partner[around] + 1) in ("=", "of"):
                return True
            if self.sign(around) == "(" or self._is_block(around):
                return False
            around = self.around[around]
        return False

    def _is_block(self, place: int) -> bool:
        before = self.sign(place - 1)
        return self.sign(place) == "{" and (before in (")", "=>", "else", "do", ";", "}", "{"))

    def starts_statement(self, place: int) -> bool:
        """Whether a statement, a declaration or a field of a class starts at a place."""
        before = self.sign(place - 1)
        if before == ")":
            return self.sign(self.partner[place - 1] - 1) in HEADS
        if before == ",":
            return self._declared_after(place)
        return place == 0 or before in DECLARING | {";", "{", "}", "else", "do"}

    def _declared_after(self, place: int) -> bool:
        """Whether a name follows others in one declaration: `let a = 1, b = 2`."""
        around = self.around[place]
        for back in range(place - 1, around, -1):
            if self.around[back] == around and self.sign(back) in ("{", "}", ";"):
                return self.sign(back + 1) in DECLARING
        return self.sign(around + 1) in DECLARING


def assignments_inside(script: str) -> list[int]:
    """Return the lines in which an assignment is part of a larger expression."""
    code = Code(script)
    return [
        token.line
        for place, token in enumerate(code.tokens)
        if token.sort == "sign" and token.text in ASSIGNMENTS
        if not code.starts_statement(code.target_start(place)) and not code.in_pattern(place)
    ]


def markup_in_texts(script: str) -> list[int]:
    """Return the lines in which a text holds a tag, or the script writes HTML."""
    writing = {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"}
    return [
        token.line
        for token in tokens(script)
        if (token.sort == "text" and re.search(r"</?[a-zA-Z]", token.text)) or token.text in writing
    ]


def elements_defined(script: str) -> list[str]:
    """Return the names of the custom elements that a script defines, in their order."""
    found = tokens(script)
    return [
        found[place + 2].text
        for place, (token, following) in enumerate(pairwise(found))
        if token.text == "define" and following.text == "("
    ]
