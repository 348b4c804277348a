"""The entry under the hand: what each kind takes, what each key does, what is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.geometry import Region

from cashier.widgets.entry import Entry
from cashier.widgets.entry_kind import KINDS, EntryKind
from cashier.widgets.entry_row import Row, difference
from tests.widgets.fingers import AT_ONCE, Fingers, key
from tests.widgets.recording import Recording


@asynccontextmanager
async def an_entry(
    kind: EntryKind, longest: int = 20, *, scan: bool = False, clear_on_submit: bool = False
) -> AsyncIterator[tuple[Entry, Fingers, Recording]]:
    """A focused entry in an app, and fingers on its keys."""
    entry = Entry(kind, longest, scan=scan, clear_on_submit=clear_on_submit)
    app = Recording(entry)
    async with app.run_test(size=(40, 5)) as pilot:
        entry.focus()
        await pilot.pause()
        yield entry, Fingers(pilot), app


def shown(entry: Entry) -> str:
    """What the entry shows, without the blanks behind it."""
    return entry.render_line(0).text.rstrip()


class TestWhatEachKindTakes:
    @pytest.mark.parametrize(
        ("kind", "typed", "value"),
        [
            ("digits", "12b34", "1234"),
            ("digits", "12.3-4", "1234"),
            ("digits", "１２٣4", "4"),
            ("amount", "50.000", "50000"),
            ("amount", "0500", "0500"),
            ("code", "Ab-1/2.c:+", "Ab-1/2.c:+"),
            ("code", "a b?é", "ab"),
            ("text", "Bu Sri 2é", "Bu Sri 2é"),
            ("text", "a\u0301\u202eb\u200bc\ufe0f", "abc"),
            ("text", "[/][b]", "[/][b]"),
            ("pin", "12x34", "1234"),
        ],
    )
    async def test_only_what_belongs_into_the_value(
        self, kind: EntryKind, typed: str, value: str
    ) -> None:
        async with an_entry(kind) as (entry, fingers, _):
            await fingers.type(typed)
            assert entry.value == value

    @pytest.mark.parametrize("kind", KINDS)
    async def test_s13_no_control_character_is_ever_typed(self, kind: EntryKind) -> None:
        async with an_entry(kind) as (entry, fingers, _):
            await fingers.type(["\x1b", "\x07", "\x00", "\x9b", "\u2028"])
            assert entry.value == ""

    async def test_there_is_room_for_so_many_and_more_is_told(self) -> None:
        async with an_entry("digits", 4) as (entry, fingers, app):
            await fingers.type("123456")
            assert entry.value == "1234"
            assert app.said == ["widget.too_long", "widget.too_long"]
            assert isinstance(app.messages[-1], Entry.TooLong)
            assert app.messages[-1].refusal.values == {"longest": "4"}

    async def test_the_dots_of_an_amount_need_no_room(self) -> None:
        async with an_entry("amount", 7) as (entry, fingers, app):
            await fingers.type("1.250.000")
            assert (entry.value, app.said) == ("1250000", [])


class TestWhatIsShown:
    async def test_an_amount_has_its_dots_while_it_is_typed(self) -> None:
        async with an_entry("amount") as (entry, fingers, _):
            seen = []
            for digit in "1250000":
                await fingers.type(digit)
                seen.append(shown(entry))
            assert seen == ["1", "12", "125", "1.250", "12.500", "125.000", "1.250.000"]

    async def test_a_pin_is_only_counted(self) -> None:
        async with an_entry("pin") as (entry, fingers, _):
            await fingers.type("4711")
            assert shown(entry) == "****"
            assert entry.value == "4711"

    async def test_a_pin_stands_in_no_message_that_is_printed(self) -> None:
        async with an_entry("pin") as (_, fingers, app):
            for name in [*"4711", "enter"]:
                await fingers.type([name])
            assert len(app.messages) == 5
            assert not any("4711" in repr(message) for message in app.messages)

    async def test_a_long_value_shows_the_part_around_the_cursor(self) -> None:
        async with an_entry("text", 100) as (entry, fingers, _):
            await fingers.type("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ")
            assert shown(entry) == "hijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"
            await fingers.type(["home"])
            assert shown(entry) == "abcdefghijklmnopqrstuvwxyz0123456789ABCD"

    async def test_wide_characters_keep_the_line_as_wide_as_it_is(self) -> None:
        async with an_entry("text", 100) as (entry, fingers, _):
            await fingers.type("日本" * 15)
            assert entry.render_line(0).cell_length == 40
            await fingers.type(["left"] * 20)
            assert entry.render_line(0).cell_length == 40

    async def test_only_the_entry_with_the_focus_has_a_cursor(self) -> None:
        first, second = Entry("digits", 5), Entry("digits", 5)
        app = Recording(first, second)
        async with app.run_test() as pilot:
            second.focus()
            await pilot.pause()
            styles = [
                len({segment.style for segment in entry.render_line(0)})
                for entry in (first, second)
            ]
            assert styles == [1, 2]

    async def test_there_is_nothing_below_its_line(self) -> None:
        async with an_entry("digits") as (entry, _, _):
            assert entry.render_line(1).text.strip() == ""
            assert entry.size.height == 1


class TestKeys:
    @pytest.mark.parametrize(
        ("keys", "value", "cursor"),
        [
            (["left", "left", "9"], "1923", 2),
            (["home", "9"], "9123", 1),
            (["ctrl+a", "right", "9"], "1923", 2),
            (["home", "end", "9"], "1239", 4),
            (["home", "ctrl+e", "9"], "1239", 4),
            (["backspace"], "12", 2),
            (["ctrl+h"], "12", 2),
            (["left", "backspace"], "13", 1),
            (["home", "backspace"], "123", 0),
            (["home", "delete"], "23", 0),
            (["home", "ctrl+d"], "23", 0),
            (["delete"], "123", 3),
            (["ctrl+u"], "", 0),
            (["left"] * 9, "123", 0),
            (["right"] * 9, "123", 3),
        ],
    )
    @pytest.mark.parametrize("spacing", [0.2, AT_ONCE])
    async def test_each_key_edits_by_hand_and_at_once(
        self, keys: list[str], value: str, cursor: int, spacing: float
    ) -> None:
        async with an_entry("digits") as (entry, fingers, _):
            await fingers.type(["1", "2", "3"])
            await fingers.type(keys, spacing)
            assert (entry.value, entry.cursor) == (value, cursor)

    async def test_enter_submits_and_keeps_the_value(self) -> None:
        async with an_entry("digits") as (entry, fingers, app):
            await fingers.type([*"123", "enter"])
            assert (app.said, entry.value) == (["enter:123"], "123")

    async def test_enter_submits_and_clears_when_asked_to(self) -> None:
        async with an_entry("digits", clear_on_submit=True) as (entry, fingers, app):
            await fingers.type([*"123", "enter", *"45", "enter"])
            assert (app.said, entry.value) == (["enter:123", "enter:45"], "")

    async def test_enter_on_an_empty_entry_is_told_too(self) -> None:
        async with an_entry("digits") as (_, fingers, app):
            await fingers.type(["enter"])
            assert app.said == ["enter:"]

    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("digits", ["enter:12"]),
            ("code", ["enter:12"]),
            ("amount", []),
            ("pin", []),
            ("text", []),
        ],
    )
    async def test_a_line_feed_is_enter_only_where_numbers_are_scanned(
        self, kind: EntryKind, said: list[str]
    ) -> None:
        async with an_entry(kind) as (_, fingers, app):
            await fingers.type(["1", "2", "ctrl+j"])
            assert app.said == said

    @pytest.mark.parametrize("second", ["enter", "ctrl+j"])
    async def test_an_enter_on_the_heels_of_an_enter_is_the_same_enter(self, second: str) -> None:
        async with an_entry("digits") as (_, fingers, app):
            await fingers.type(["1", "2"])
            await fingers.type(["enter", second, second], AT_ONCE)
            assert app.said == ["enter:12"]


class TestCommands:
    @pytest.mark.parametrize("kind", ["digits", "amount", "pin"])
    async def test_letters_are_commands_where_digits_are_typed(self, kind: EntryKind) -> None:
        async with an_entry(kind) as (entry, fingers, app):
            await fingers.type([*"12", "b", "h", "f9", "up"])
            assert (entry.value, app.said) == ("12", ["pay", "help", "pay", "up"])

    @pytest.mark.parametrize("kind", ["text", "code"])
    async def test_letters_are_text_where_text_is_typed_and_alt_makes_them_commands(
        self, kind: EntryKind
    ) -> None:
        async with an_entry(kind) as (entry, fingers, app):
            await fingers.type(["b", "alt+b", "h"])
            assert (entry.value, app.said) == ("bh", ["pay"])

    async def test_a_digit_is_typed_even_when_it_is_a_command_elsewhere(self) -> None:
        async with an_entry("digits") as (entry, fingers, app):
            await fingers.type("5")
            assert (entry.value, app.said) == ("5", [])
            assert "5" not in app.screen.active_bindings

    async def test_a_letter_pressed_alone_needs_no_further_key(self) -> None:
        async with an_entry("amount") as (_, fingers, app):
            await fingers.type("b")
            await fingers.rest()
            assert app.said == ["pay"]

    @pytest.mark.parametrize("keys", ["b1", "1b", "bb", "b1b", "hb"])
    @pytest.mark.parametrize("kind", ["digits", "amount", "pin"])
    async def test_a_letter_among_keys_of_a_machine_is_no_command(
        self, kind: EntryKind, keys: str
    ) -> None:
        async with an_entry(kind) as (_, fingers, app):
            await fingers.type(keys, 0.005)
            await fingers.type(["end"])
            assert app.said == []

    async def test_a_letter_held_back_when_the_focus_leaves_is_forgotten(self) -> None:
        async with an_entry("amount") as (entry, fingers, app):
            entry.post_message(key("b"))
            entry.screen.set_focus(None)
            entry.focus()
            await fingers.rest()
            assert app.said == []

    async def test_a_command_that_fills_the_entry_is_not_undone_by_the_next_key(self) -> None:
        async with an_entry("amount") as (entry, fingers, _):
            await fingers.type(["t"])
            await fingers.type(["1"])
            assert entry.value == "70001"

    async def test_a_key_that_is_remapped_by_the_shop_works_in_order(self) -> None:
        async with an_entry("digits") as (entry, fingers, app):
            app.set_keymap({"entry.backspace": "f8"})
            await fingers.type([*"12", "f8", "3"], AT_ONCE)
            assert entry.value == "13"
            await fingers.type(["backspace"])
            assert entry.value == "13"


class TestSettingIt:
    async def test_a_quick_key_puts_an_amount_in_and_typing_goes_on_behind_it(self) -> None:
        async with an_entry("amount") as (entry, fingers, app):
            entry.value = "50000"
            await fingers.type("0")
            assert (entry.value, shown(entry)) == ("500000", "500.000")
            assert app.messages[-1] == Entry.Changed(entry, "500000")

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("digits", "12a"),
            ("amount", "50.000"),
            ("amount", "-1"),
            ("text", "a\x1b"),
            ("digits", "1" * 21),
        ],
    )
    async def test_what_could_not_be_typed_cannot_be_put_in(
        self, kind: EntryKind, value: str
    ) -> None:
        async with an_entry(kind) as (entry, _, _):
            with pytest.raises(ValueError, match="no value"):
                entry.value = value
            assert entry.value == ""

    async def test_each_message_names_its_entry_for_selectors(self) -> None:
        async with an_entry("digits", 1) as (entry, fingers, app):
            await fingers.type(["1", "2", "enter"])
            told = [message for message in app.messages if message.control is entry]
            assert [type(message) for message in told] == [
                Entry.Changed,
                Entry.TooLong,
                Entry.Submitted,
            ]

    async def test_it_tells_each_change_once_and_moves_of_the_cursor_never(self) -> None:
        async with an_entry("digits") as (entry, fingers, app):
            for name in ["1", "2", "left", "backspace", "ctrl+u", "ctrl+u"]:
                await fingers.type([name])
            values = [
                message.value for message in app.messages if isinstance(message, Entry.Changed)
            ]
            assert values == ["1", "12", "2", ""]
            assert all(
                message.control is entry
                for message in app.messages
                if isinstance(message, Entry.Changed)
            )

    @pytest.mark.parametrize("kind", ["amount", "pin"])
    def test_no_scanner_can_be_let_into_money_and_secrets(self, kind: EntryKind) -> None:
        with pytest.raises(ValueError, match="never"):
            Entry(kind, 6, scan=True)


class TestRepainting:
    """A key repaints the cells that changed; a region is x, y, width, height."""

    @pytest.mark.parametrize(
        ("old", "new", "region"),
        [
            (("12", 2), ("123", 3), Region(2, 0, 2, 1)),
            (("123", 3), ("12", 2), Region(2, 0, 2, 1)),
            (("123", 3), ("123", 2), Region(2, 0, 2, 1)),
            (("123", 0), ("923", 0), Region(0, 0, 4, 1)),
            (("", 0), ("", 0), Region(0, 0, 1, 1)),
            (("日本", 2), ("日本語", 3), Region(4, 0, 3, 1)),
        ],
    )
    def test_what_differs(self, old: tuple[str, int], new: tuple[str, int], region: Region) -> None:
        rows = [Row.of(list(text), cursor, 20) for text, cursor in (old, new)]
        assert difference(rows[0], rows[1], 20) == region

    def test_all_of_it_when_another_part_comes_into_sight(self) -> None:
        rows = [Row.of(list("x" * count), count, 10) for count in (9, 10)]
        assert difference(rows[0], rows[1], 10) == Region(0, 0, 10, 1)

    def test_never_beyond_its_edge(self) -> None:
        rows = [Row.of(list("x" * 30), cursor, 10) for cursor in (0, 1)]
        assert difference(rows[0], rows[1], 10) == Region(0, 0, 2, 1)
