"""What keeps the shop from selling, as sentences, and the forms that let it go on.

A supervisor says by name that the cause was looked into; name and reason are kept.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from cashier.language import Refusal
from cashier.screens.form import Field, Form
from cashier.screens.front import Front
from cashier.till import CircuitOpen, ClockBehind


def trouble_with_backup(front: Front) -> str:
    """Say that the journal could not be backed up, or give no words where it could."""
    trouble = None if front.upkeep is None else front.upkeep.trouble
    if trouble is None:
        return ""
    return front.say("home.backup_trouble", problem=front.explain(trouble))


_HERE: Final[Mapping[type[Refusal], str]] = {
    CircuitOpen: "follow.circuit",
    ClockBehind: "follow.clock",
}
"""Sentences where the keys for it are at hand; elsewhere they tell where to go."""


def sentences(front: Front, stops: Sequence[Refusal], *, is_here: bool = False) -> Iterator[str]:
    """Say everything that keeps the shop from selling, and what else the owner has to know.

    Args:
        front: The shop.
        stops: What the till told.
        is_here: Whether something can be done about it on the screen that says so.
    """
    yield from (_told_here(front, stop) if is_here else front.explain(stop) for stop in stops)
    backup = trouble_with_backup(front)
    if backup:
        yield backup


def _told_here(front: Front, stop: Refusal) -> str:
    sentence = _HERE.get(type(stop))
    if sentence is None:
        return front.explain(stop)
    return front.say(sentence, **stop.values_in(front.language))


def is_stopped(stops: Sequence[Refusal]) -> bool:
    """Whether the circuit is open, which a supervisor closes."""
    return any(isinstance(stop, CircuitOpen) for stop in stops)


def is_behind(stops: Sequence[Refusal]) -> bool:
    """Whether the clock shows a time before what was journalled."""
    return any(isinstance(stop, ClockBehind) for stop in stops)


def resume_form(front: Front, stops: Sequence[Refusal], done: Callable[[str], None]) -> Form:
    """Ask who lets payments go on, and why."""
    return _signed(front, "resume", is_stopped, stops, front.till.resume, done)


def clock_form(front: Front, stops: Sequence[Refusal], done: Callable[[str], None]) -> Form:
    """Ask who has put the clock right, and what was wrong with it (F61)."""
    return _signed(front, "clock", is_behind, stops, front.till.trust_clock, done)


def _signed(
    front: Front,
    what: str,
    concerns: Callable[[Sequence[Refusal]], bool],
    stops: Sequence[Refusal],
    act: Callable[[str, str], Awaitable[None]],
    done: Callable[[str], None],
) -> Form:
    async def finish(values: Mapping[str, str]) -> Callable[[], None]:
        await act(values["by"], values["reason"])
        return partial(done, front.say(f"follow.{what}_done", by=values["by"]))

    why = " ".join(_told_here(front, stop) for stop in stops if concerns((stop,)))
    fields = (
        Field("by", front.say(f"follow.{what}_by")),
        Field("reason", front.say(f"follow.{what}_reason")),
    )
    sentence = front.say(f"follow.{what}_words", why=why)
    return Form(front.say(f"follow.{what}_heading"), sentence, fields, finish)
