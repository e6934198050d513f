"""Reads a script of `static/js` into tokens, and finds its assignments inside expressions."""

import re
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

ASSIGNMENTS = frozenset(
    (
        *("=", "+=", "-=", "*=", "/=", "%=", "**=", "&&=", "||=", "??="),
        *("&=", "|=", "^=", "<<=", ">>=", ">>>="),
    )
)
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
    reader = _Reader(script)
    reader.read()
    return reader.found


class _Reader:
    """Reads a script from its beginning; `place` is where it is, `found` what it has read."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.place = 0
        self.found: list[Token] = []

    def add(self, sort: str, text: str, end: int) -> None:
        """Add a token that ends there, and go on behind it."""
        self.found.append(Token(sort, text, self.script.count("\n", 0, self.place) + 1))
        self.place = end

    def read(self) -> None:
        """Read up to the end, or to a closing brace whose partner was not read here."""
        braces = 0
        while self.place < len(self.script):
            char = self.script[self.place]
            braces += (char == "{") - (char == "}")
            if skipped := _SKIPPED.match(self.script, self.place):
                self.place = skipped.end()
            elif braces < 0:
                return
            elif char == "`":
                self.read_template()
            else:
                self.read_one()

    def read_template(self) -> None:
        """Read a template literal with the expressions in it."""
        while True:
            self.place += 1
            chunk = _CHUNK.match(self.script, self.place)
            assert chunk is not None
            self.add("text", chunk[0], chunk.end() + 1)
            if self.script[chunk.end()] == "`":
                return
            self.add("sign", "(", self.place + 1)
            self.read()
            self.found.append(Token("sign", ")", self.found[-1].line))

    def read_one(self) -> None:
        """Read one token. A slash starts a pattern where no value stands before it."""
        forms = {"text": _TEXT, "name": _NAME, "sign": _SIGN}
        if not self.after_value():
            forms = {"pattern": _PATTERN, **forms}
        for sort, form in forms.items():
            if found := form.match(self.script, self.place):
                text = found[0][1:-1] if sort == "text" else found[0]
                return self.add(sort, text, found.end())
        raise ValueError(f"Unexpected {self.script[self.place : self.place + 20]!r}.")

    def after_value(self) -> bool:
        """Whether the last token ends a value, so that a slash divides it."""
        if not self.found:
            return False
        last = self.found[-1]
        return last.text in (")", "]") or (last.sort != "sign" and last.text not in WORDS)


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
        """Return where the target of an assignment starts: `a`, `a.b(c)[d]` or `{ e }`."""
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


def found_by_words(script: str) -> list[int]:
    """Return the lines that look for an element by words that people read."""
    label = re.compile(r"\[(?:aria-label|title|alt|placeholder)\s*[~|^$*]?=")
    return [one.line for one in tokens(script) if one.sort == "text" and label.search(one.text)]


def elements_defined(script: str) -> list[str]:
    """Return the names of the custom elements that a script defines, in their order."""
    found = tokens(script)
    return [
        found[place + 2].text
        for place, (token, following) in enumerate(pairwise(found))
        if token.text == "define" and following.text == "("
    ]
