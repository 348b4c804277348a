"""What can happen to one exchange between a till and Espay, drawn by chance."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

Reach = Literal["connected", "refused", "silent", "reset"]
End = Literal["keep", "close", "reset", "hang"]

HTML: Final = b"<html><body><h1>Layanan sedang dalam pemeliharaan</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fate:
    """The fate of one exchange; times are seconds."""

    name: str = "fine"
    reach: Reach = "connected"
    """``silent``: nobody accepts; ``reset``: the connection breaks at the first byte."""
    connect_s: float = 0.04
    arrives_s: tuple[float, ...] = (0.03,)
    """When Espay hears the request, after it was written; more than once, or never."""
    answer: Literal["first", "last", "other", "made", "none"] = "first"
    made: bytes = b""
    """What is brought in place of Espay's answer."""
    think_s: float = 0.2
    share: float = 1.0
    """How much of the answer is brought, as a share of its bytes."""
    drip_s: float = 0.0
    """Between two pieces of the answer, where it comes in pieces."""
    pieces: int = 1
    end: End = "keep"
    """What comes after the answer, or in its place."""

    @property
    def is_fault(self) -> bool:
        """Whether anything was done to the exchange at all."""
        return self.name != "fine"


def fine(chance: random.Random) -> Fate:
    """An exchange to which nothing happens."""
    return Fate(connect_s=chance.uniform(0.01, 0.2), think_s=chance.uniform(0.05, 1.5))


def drawn(chance: random.Random, name: str | None = None) -> Fate:
    """Draw what happens to an exchange; ``name`` chooses one."""
    name = name or chance.choice(NAMES)
    return _MAKERS[name](name, chance)


def _reply(status: int, body: bytes, kind: bytes = b"text/html") -> bytes:
    head = b"HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, kind, len(body)) + body


def _lost(end: End) -> "_Maker":
    """Espay has heard it, and the answer is lost."""
    return lambda name, chance: Fate(name, answer="none", end=end, think_s=_soon(chance))


def _unheard(end: End) -> "_Maker":
    """Espay never hears of it."""
    return lambda name, chance: Fate(
        name, arrives_s=(), answer="none", end=end, think_s=_soon(chance)
    )


def _cut(end: End) -> "_Maker":
    return lambda name, chance: Fate(name, share=chance.random() * 0.999, end=end)


def _status(*statuses: int, heard: bool) -> "_Maker":
    def make(name: str, chance: random.Random) -> Fate:
        body = chance.choice((b"", HTML, b'{"error_code":"0000"}'))
        return _told(name, _reply(chance.choice(statuses), body), heard=heard)

    return make


def _told(name: str, made: bytes, *, heard: bool) -> Fate:
    return Fate(name, answer="made", made=made, end="close", arrives_s=(0.03,) if heard else ())


def _html(*, heard: bool) -> "_Maker":
    return lambda name, _: _told(name, _reply(200, HTML), heard=heard)


def _garbage(*, heard: bool) -> "_Maker":
    return lambda name, chance: _told(name, chance.randbytes(chance.randrange(1, 300)), heard=heard)


def _other(*, heard: bool) -> "_Maker":
    """The answer to somebody else's question of the same kind."""
    return lambda name, _: Fate(
        name, answer="other", end="close", arrives_s=(0.03,) if heard else ()
    )


def _late(low: float, high: float) -> "_Maker":
    return lambda name, chance: Fate(name, think_s=chance.uniform(low, high))


def _arriving_late(name: str, chance: random.Random) -> Fate:
    return Fate(name, arrives_s=(chance.uniform(20, 500),), answer="none", end="hang")


def _twice(answer: Literal["first", "last"], apart_s: float) -> "_Maker":
    return lambda name, chance: Fate(
        name, arrives_s=(0.03, 0.03 + chance.uniform(0, apart_s)), answer=answer
    )


def _dripping(low: float, high: float) -> "_Maker":
    def make(name: str, chance: random.Random) -> Fate:
        pieces = chance.randrange(2, 12)
        return Fate(name, pieces=pieces, drip_s=chance.uniform(low, high) / pieces)

    return make


def _connecting(reach: Reach, low: float, high: float) -> "_Maker":
    return lambda name, chance: Fate(name, reach=reach, connect_s=chance.uniform(low, high))


def _soon(chance: random.Random) -> float:
    return chance.uniform(0.01, 2)


_Maker = Callable[[str, random.Random], Fate]
_HEARD: Final = (500, 502, 503, 504, 408, 206, 204)
_UNHEARD: Final = (500, 502, 503, 403, 404, 405, 413, 429, 451, 302, 307)

_MAKERS: Final[dict[str, _Maker]] = {
    "refused": _connecting("refused", 0.01, 1),
    "nobody accepts": _connecting("silent", 0, 0),
    "connected late": _connecting("connected", 1, 12),
    "reset at the first byte": _connecting("reset", 0.01, 0.1),
    "unheard, reset": _unheard("reset"),
    "unheard, closed": _unheard("close"),
    "unheard, silence": _unheard("hang"),
    "answer lost, reset": _lost("reset"),
    "answer lost, closed": _lost("close"),
    "answer lost, silence": _lost("hang"),
    "answer cut, closed": _cut("close"),
    "answer cut, reset": _cut("reset"),
    "answer cut, silence": _cut("hang"),
    "dripping": _dripping(1, 25),
    "dripping on and on": _dripping(100, 400),
    "answer late": _late(2, 29),
    "answer very late": _late(31, 149),
    "answer too late": _late(149, 300),
    "arriving late": _arriving_late,
    "twice at once": _twice("first", 0.1),
    "twice at once, the second answers": _twice("last", 0.1),
    "twice": _twice("first", 600),
    "http, heard": _status(*_HEARD, heard=True),
    "http 500, heard": _status(500, heard=True),
    "http, unheard": _status(*_UNHEARD, heard=False),
    "http 401": _status(401, heard=False),
    "html, heard": _html(heard=True),
    "html, unheard": _html(heard=False),
    "garbage, heard": _garbage(heard=True),
    "garbage, unheard": _garbage(heard=False),
    "another's answer, heard": _other(heard=True),
    "another's answer, unheard": _other(heard=False),
}
NAMES: Final = tuple(_MAKERS)


@dataclass(slots=True)
class Deck:
    """Deals fates so that, whatever chance says, enough exchanges meet a fault."""

    chance: random.Random
    least: float = 0.31
    """The share of exchanges that must meet one."""
    likely: float = 0.33
    exchanges: int = 0
    faults: int = 0
    healed: bool = False
    chosen: list[str] = field(default_factory=list)
    """Names of what happens next, before anything is left to chance."""

    def deal(self) -> Fate:
        """Give the fate of the next exchange."""
        if self.chosen:
            name = self.chosen.pop(0)
            return fine(self.chance) if name == "fine" else drawn(self.chance, name)
        if self.healed:
            return fine(self.chance)
        self.exchanges += 1
        due = self.faults < self.least * self.exchanges
        if not due and self.chance.random() >= self.likely:
            return fine(self.chance)
        self.faults += 1
        return drawn(self.chance)
