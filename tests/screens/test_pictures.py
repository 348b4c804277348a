"""Every screen as people have looked at it: its words, how they look, and that nothing is lost.

``pytest --write-golden tests/screens/test_pictures.py`` writes the files, the pictures of the
README and the text in it anew; the diff is then read like code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.worker import Worker, WorkerCancelled

from cashier import screens
from cashier.screens.too_small import TooSmallScreen
from tests.screens.counter import Counter
from tests.screens.picture_stories import STORIES, TOO_SMALL, Scene, Step, Story, stage
from tests.screens.pictures import Picture, picture_of
from tests.screens.readme_pictures import README_PICTURES, keep, svg_of
from tests.support.golden import Golden

HERE: Final = Path(__file__).parent
NARROW: Final = (80, 24)
WIDE: Final = (132, 43)


@dataclass(frozen=True)
class Dress:
    """A theme in a window."""

    theme: str
    size: tuple[int, int]
    least_contrast: float
    """4.5 is WCAG's AA, 7 its AAA."""

    @property
    def words(self) -> str:
        """Where the words lie: they are the same in every theme, for nothing is told by colour."""
        return "x".join(map(str, self.size))


DRESSES: Final = {
    "default": Dress("default", NARROW, 4.5),
    "high-contrast": Dress("high-contrast", NARROW, 7),
    "monochrome": Dress("monochrome", NARROW, 4.5),
    "wide": Dress("default", WIDE, 4.5),
}
WRITERS: Final = ("default", "wide")
"""Who writes the words; the others have to show the same ones."""


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Golden:
    return Golden.of(HERE / "golden", pytestconfig)


PLAYED: Final = [(name, dress) for name, story in STORIES.items() for dress in story.dresses]


@pytest.mark.parametrize(("story_name", "dress_name"), PLAYED)
async def test_every_screen_is_the_one_that_was_looked_at(
    story_name: str, dress_name: str, tmp_path: Path, golden: Golden
) -> None:
    story, dress = STORIES[story_name], DRESSES[dress_name]
    pictures, exported = await play(story, dress, tmp_path)
    problems = [
        f"{name}: {fault}"
        for name, picture in pictures.items()
        for fault in picture.faults(dress.least_contrast)
    ]
    problems += told_by_looks_alone(pictures)
    if dress_name in WRITERS or not golden.writes:
        problems += [
            golden.difference(f"{dress.words}/{name}.txt", picture.text)
            for name, picture in pictures.items()
        ]
    looks = "\n".join(f"[{name}]\n{picture.looks}" for name, picture in pictures.items())
    problems.append(golden.difference(f"looks/{story_name}-{dress_name}.txt", looks))
    problems += [keep(name, pictures[name], svg, writes=golden.writes) for name, svg in exported]
    assert not any(problems), "\n" + "\n".join(filter(None, problems))


def told_by_looks_alone(pictures: dict[str, Picture]) -> list[str]:
    """Name pictures with the same words that do not look the same."""
    words: dict[str, tuple[str, str]] = {}
    alike = (
        (name, *words.setdefault(picture.text, (name, picture.looks)), picture.looks)
        for name, picture in pictures.items()
    )
    return [
        f"{name} differs from {first} by looks alone"
        for name, first, looks, own in alike
        if looks != own
    ]


async def play(
    story: Story, dress: Dress, folder: Path
) -> tuple[dict[str, Picture], list[tuple[str, str]]]:
    """Play a story; give its pictures by name, and names and SVG of those in the README."""
    pictures: dict[str, Picture] = {}
    exported: list[tuple[str, str]] = []
    async with stage(story, folder, theme=dress.theme, size=dress.size) as scene:
        for step in story.steps:
            await act(scene, step)
            if step.picture:
                picture = pictures[step.picture] = await still(scene.counter)
                assert picture.size == (TOO_SMALL if step.until is TooSmallScreen else dress.size)
            if step.picture in README_PICTURES and dress == DRESSES["default"]:
                exported.append((step.picture, svg_of(scene.counter.app)))
    return pictures, exported


async def act(scene: Scene, step: Step) -> None:
    """Let one step happen, and wait for the screen that it leads to."""
    if step.event is not None:
        await step.event(scene)
    for keys in step.keys.split():
        if keys.startswith("'"):
            await scene.counter.write(keys[1:])
        elif keys.startswith('"'):
            await scan(scene.counter, keys[1:])
        else:
            await scene.counter.press(keys)
    if step.until is not None:
        try:
            await scene.counter.until(step.until)
        except TimeoutError:
            lost = f"{step} leads nowhere but to:\n{scene.counter.text}"
            raise AssertionError(lost) from None
    await settled(scene.counter)


async def scan(counter: Counter, text: str) -> None:
    """Send characters at once."""
    for character in text:
        counter.app.post_message(Key(_character_to_key(character), character))
    await counter.pilot.pause()


async def settled(counter: Counter) -> None:
    """Wait until what goes on beside the screens has come to its end, unless a line is held."""
    for worker in list(counter.app.workers):
        if worker.node in counter.app.screen_stack and worker.group != "inquiry":
            await ended(worker)
    await counter.pilot.pause()


async def ended(worker: Worker[object]) -> None:
    """Wait for a worker; one that was replaced before its turn has ended too."""
    try:
        await worker.wait()
    except WorkerCancelled:
        return


async def still(counter: Counter) -> Picture:
    """Take a picture that does not move any more."""
    picture = picture_of(counter.app)
    while True:
        await settled(counter)
        again = picture_of(counter.app)
        if again == picture:
            return again
        picture = again


def test_every_picture_has_its_files_and_none_is_left_over(golden: Golden) -> None:
    names = [name for story in STORIES.values() for name in story.pictures]
    assert len(names) == len(set(names))
    words = {
        f"{DRESSES[dress].words}/{picture}.txt"
        for story_name, dress in PLAYED
        for picture in STORIES[story_name].pictures
    }
    looks = {f"looks/{story_name}-{dress}.txt" for story_name, dress in PLAYED}
    if golden.writes:
        golden.forget(golden.names() - words - looks)
    else:
        assert golden.names() == words | looks


def test_every_screen_of_the_till_is_pictured() -> None:
    shown = {step.until for story in STORIES.values() for step in story.steps if step.picture}
    assert {screen.__name__ for screen in shown if screen} == {
        name
        for module in screen_modules()
        for name, each in vars(module).items()
        if is_screen(each) and each.__module__ == module.__name__
    } - {"SaleScreen"}


def screen_modules() -> Iterator[ModuleType]:
    """Give every module of the screens."""
    for found in iter_modules(screens.__path__):
        yield import_module(f"{screens.__name__}.{found.name}")


def is_screen(thing: object) -> bool:
    """Whether something in a module is a class of screens."""
    return isinstance(thing, type) and issubclass(thing, Screen)
