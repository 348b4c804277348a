"""Replies that are nearly right: every way in which Espay's JSON, head or bytes may be off.

Deterministic from a seed. Bodies are changed as trees that may hold what no JSON library would
write: a name twice, a number of any form, blanks anywhere.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.proof.replies import Reply

Tree: TypeAlias = "Literal | Object | list[Tree]"


@dataclass(slots=True)
class Literal:
    """A value exactly as it is written."""

    text: str


@dataclass(slots=True)
class Object:
    """Names with values, in order; a name may stand twice."""

    pairs: list[tuple[str, Tree]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A reply after its accident."""

    reply: Reply
    """What it was, and what it answers."""
    status: int
    encoding: str
    head: bytes
    body: bytes
    wild: bool
    """Whether its bytes were changed blindly: then only a real HTTP library can read it."""

    @property
    def raw(self) -> bytes:
        """Every byte of it."""
        return self.head + self.body


_NAMES: Final = (
    *("error_code", "error_desc", "error_message", "rq_uuid", "order_id", "ref_id", "amount"),
    *("data", "mwData", "receipt", "rs_datetime", "status", "token_no", "token", "bankFee"),
    *("Error_Code", "error_code ", "еrror_code", "trx_status", "customer_id", ""),
)
_TOLD: Final = tuple(
    json.dumps(value)
    for value in (
        *("0000", "0", "000", "00000", "0000 ", " 0000", "００００", "0000\u200b", "٠٠٠٠"),
        *("800", "802", "405", "0601", "9999", "EX", "610", "210", "33", "0099", "0098", "0012"),
        *("Success", "Success ", " Success", "success", "Sukses", "Inproses", "Suspect", "Gagal"),
        *("Success\t", "Success\u00a0", "Success, Inproses", "product denied", "IP Address denied"),
        *("12345678901234567890", "1234 5678 9012 3456 7890", "00000000000000000000"),
        *(
            "１２３４５６７８９０1234567890",
            "1_000",
            "1e5",
            "-1",
            "1.0",
            "0x10",
            "9" * 40,
            "\ud800",
        ),
        *(0, 800, 802, 405, 1, -1, 10**30, True, False, None, [], {}, ["0000"], {"0": "0000"}),
    )
)
_VALUES: Final = (*_TOLD, "0.0", "1e400", "-0", "1E5", "NaN", "0000", "08", '"\\u0030000"')
_STATUSES: Final = (200, 200, 200, 201, 202, 204, 206, 301, 302, 400, 401, 403, 404, 500, 502, 503)
_LINES: Final = (
    *(b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"),
    *(b"content-length:%d", b" folded: yes", b"X: \xff", b"Connection: close", b"Set-Cookie: a=b"),
)
_BLANKS: Final = (" ", "\t", "\r\n", "\n", "\u00a0", "\x00", "\x0b", "\ufeff")


class Mutator:
    """Makes one mutant after the other from some replies."""

    def __init__(self, seed: int, replies: Sequence[Reply]) -> None:
        self._dice = random.Random(seed)
        self._replies = replies
        self._trees = {reply.name: _tree_of(reply) for reply in replies}
        self._edits: tuple[Callable[[Object], None], ...] = (
            *(self._drop, self._double, self._rename, self._replace, self._replace, self._replace),
            *(self._retype, self._nest, self._move, self._borrow, self._disguise, self._replace),
        )

    def next(self) -> Mutant:
        """Make the next one."""
        dice = self._dice
        reply = dice.choice(self._replies)
        kind = dice.random()
        head, body = reply.raw[: -len(reply.body)] if reply.body else reply.raw, reply.body
        status = int(reply.raw[9:12])
        if kind < 0.02:
            return Mutant(reply, status, "", self._blindly(reply.raw), b"", wild=True)
        if kind < 0.12:
            return Mutant(reply, status, "", head, self._blindly(body), wild=False)
        encoding = ""
        if kind < 0.2:
            status = dice.choice(_STATUSES)
            head = head.replace(reply.raw[9:12], b"%d" % status, 1)
            encoding = dice.choice(("", "", "gzip", "identity", " Identity ", "br"))
            if dice.random() < 0.3:
                head = head.replace(b"\r\n", b"\r\n%b\r\n" % dice.choice(_LINES), 1)
        tree = self._trees[reply.name]
        if tree is not None and dice.random() < 0.97:
            changed = Object(_pairs(tree))
            for _ in range(dice.choice((1, 1, 1, 2, 2, 3))):
                dice.choice(self._edits)(self._part(changed))
            body = self._written(changed).encode("utf-8", "surrogatepass")
        return Mutant(reply, status, encoding, head, body, wild=False)

    # Blind changes

    def _blindly(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self._dice.choice((1, 1, 2, 4))):
            at = self._dice.randrange(len(changed) + 1)
            match self._dice.randrange(5):
                case 0 if at < len(changed):
                    changed[at] ^= 1 << self._dice.randrange(8)
                case 1:
                    changed[at:at] = self._dice.randbytes(self._dice.choice((1, 1, 2, 8)))
                case 2:
                    del changed[at : at + self._dice.choice((1, 1, 2, 16))]
                case 3:
                    del changed[at:]
                case _:
                    other = self._dice.choice(self._replies).raw
                    start = self._dice.randrange(len(other) + 1)
                    changed[at:at] = other[start : start + self._dice.choice((4, 20, 200))]
        return bytes(changed)

    # Changes of the tree

    def _part(self, tree: Object) -> Object:
        """The whole, or an object inside it."""
        inner = [value for _, value in tree.pairs if isinstance(value, Object)]
        return self._dice.choice(inner) if inner and self._dice.random() < 0.3 else tree

    def _place(self, part: Object) -> int:
        return self._dice.randrange(len(part.pairs)) if part.pairs else -1

    def _value(self) -> Tree:
        return Literal(self._dice.choice(_VALUES))

    def _drop(self, part: Object) -> None:
        if part.pairs:
            del part.pairs[self._place(part)]

    def _double(self, part: Object) -> None:
        if part.pairs:
            name, value = self._dice.choice(part.pairs)
            again = _copied(value) if self._dice.random() < 0.5 else self._value()
            part.pairs.insert(self._dice.randrange(len(part.pairs) + 1), (name, again))

    def _rename(self, part: Object) -> None:
        if part.pairs:
            at = self._place(part)
            part.pairs[at] = (self._dice.choice(_NAMES), part.pairs[at][1])

    def _replace(self, part: Object) -> None:
        if part.pairs and self._dice.random() < 0.8:
            at = self._place(part)
            part.pairs[at] = (part.pairs[at][0], self._value())
        else:
            part.pairs.append((self._dice.choice(_NAMES), self._value()))

    def _retype(self, part: Object) -> None:
        """A text becomes the number that it shows, a number a text, anything a list of itself."""
        if not part.pairs:
            return
        at = self._place(part)
        name, value = part.pairs[at]
        if isinstance(value, Literal) and self._dice.random() < 0.7:
            inside = value.text[1:-1]
            bare = inside if value.text.startswith('"') and inside.isdigit() else None
            value = Literal(bare if bare is not None else json.dumps(value.text))
        else:
            value = [value]
        part.pairs[at] = (name, value)

    def _nest(self, part: Object) -> None:
        if part.pairs:
            at = self._place(part)
            name, value = part.pairs[at]
            levels = self._dice.choice((1, 2, 17, 18, 19, 25, 200))
            opened = self._dice.choices(("[", f"{{{json.dumps(name)}:"), k=levels)
            closed = ["]" if mark == "[" else "}" for mark in reversed(opened)]
            value = Literal("".join((*opened, self._written(value), *closed)))
            part.pairs[at] = (name, value)

    def _move(self, part: Object) -> None:
        """Lay a pair into an object inside, or beside it."""
        if part.pairs:
            pair = part.pairs.pop(self._place(part))
            inner = [value for _, value in part.pairs if isinstance(value, Object)]
            home = self._dice.choice(inner) if inner else part
            home.pairs.append(pair)

    def _borrow(self, part: Object) -> None:
        """Take a pair from the answer to another request."""
        other = self._trees[self._dice.choice(self._replies).name]
        if other is not None and other.pairs:
            name, value = self._dice.choice(other.pairs)
            part.pairs = [pair for pair in part.pairs if pair[0] != name]
            part.pairs.append((name, _copied(value)))

    def _disguise(self, part: Object) -> None:
        """Put a character into a text that is easily overlooked."""
        if not part.pairs:
            return
        at = self._place(part)
        name, value = part.pairs[at]
        if isinstance(value, Literal) and value.text.startswith('"'):
            place = self._dice.randrange(1, len(value.text))
            odd = self._dice.choice(
                (" ", "\\u200b", "\\u0000", "\\n", "\\ud800", "0", "\u0660", "x")
            )
            value = Literal(value.text[:place] + odd + value.text[place:])
            part.pairs[at] = (name, value)

    # Writing

    def _written(self, value: Tree) -> str:
        match value:
            case Literal(text):
                return text
            case Object(pairs):
                items = (f"{json.dumps(name)}:{self._written(item)}" for name, item in pairs)
                return f"{{{self._comma().join(items)}}}"
            case _:
                return f"[{self._comma().join(map(self._written, value))}]"

    def _comma(self) -> str:
        if self._dice.random() < 0.97:
            return ","
        return self._dice.choice((",", "", ",,")) + self._dice.choice(_BLANKS)


def _tree_of(reply: Reply) -> Object | None:
    if not reply.body.startswith(b"{"):
        return None
    tree: Tree = json.loads(
        reply.body,
        object_pairs_hook=lambda pairs: Object([(name, _literal(item)) for name, item in pairs]),
    )
    assert isinstance(tree, Object)
    return tree


def _literal(value: object) -> Tree:
    return value if isinstance(value, Object) else Literal(json.dumps(value))


def _copied(value: Tree) -> Tree:
    match value:
        case Literal(text):
            return Literal(text)
        case Object():
            return Object(_pairs(value))
        case _:
            return [_copied(item) for item in value]


def _pairs(tree: Object) -> list[tuple[str, Tree]]:
    return [(name, _copied(item)) for name, item in tree.pairs]
