"""The list under the hand: cursor, keys, window, and rows that are exactly as wide as it is."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from cashier.widgets.menu import Menu, MenuItem
from tests.widgets.fingers import AT_ONCE, Fingers
from tests.widgets.recording import Recording

HOME = [
    MenuItem("pulsa", "Pulsa", "12 produk", "1"),
    MenuItem("pln", "PLN prabayar", "", "2"),
    MenuItem("bpjs", "BPJS Kesehatan", "", "k"),
]
MANY = [MenuItem(f"i{number}", f"Baris {number}") for number in range(25)]


@asynccontextmanager
async def a_menu(
    items: Sequence[MenuItem], *, columns: int = 40, rows: int = 10
) -> AsyncIterator[tuple[Menu, Fingers, Recording]]:
    """A focused menu that fills an app of this size, and fingers on its keys."""
    menu = Menu(items)
    app = Recording(menu)
    async with app.run_test(size=(columns, rows)) as pilot:
        menu.focus()
        await pilot.pause()
        yield menu, Fingers(pilot), app


def shown(menu: Menu) -> list[str]:
    """The rows in the window, without blanks at their ends."""
    return [menu.render_line(y).text.rstrip() for y in range(menu.size.height)]


class TestMoving:
    @pytest.mark.parametrize(
        ("keys", "cursor"),
        [
            ([], 0),
            (["down"], 1),
            (["down", "down", "up"], 1),
            (["up"], 0),
            (["end"], 24),
            (["end", "down"], 24),
            (["end", "home"], 0),
            (["pagedown"], 9),
            (["pagedown", "pagedown", "pageup"], 9),
            (["pagedown"] * 5, 24),
            (["pageup"], 0),
        ],
    )
    @pytest.mark.parametrize("spacing", [0.2, AT_ONCE])
    async def test_each_key_by_hand_and_at_once(
        self, keys: list[str], cursor: int, spacing: float
    ) -> None:
        async with a_menu(MANY) as (menu, fingers, _):
            await fingers.type(keys, spacing)
            assert menu.cursor == cursor
            assert menu.current == MANY[cursor]

    async def test_the_cursor_is_always_in_the_window(self) -> None:
        async with a_menu(MANY, rows=5) as (menu, fingers, _):
            for key in ["down"] * 24 + ["up"] * 24 + ["pagedown", "up", "end", "pageup", "home"]:
                await fingers.type([key])
                marked = [row for row in shown(menu) if row.startswith(">")]
                assert [row.strip("> ↑↓") for row in marked] == [f"Baris {menu.cursor}"]

    async def test_marks_tell_that_there_is_more_above_and_below(self) -> None:
        async with a_menu(MANY, rows=5) as (menu, fingers, _):
            assert [row[-1] for row in shown(menu)] == ["0", "1", "2", "3", "↓"]
            await fingers.type(["pagedown", "pagedown"])
            assert [row[-1] for row in shown(menu)] == ["↑", "5", "6", "7", "↓"]
            await fingers.type(["end"])
            assert [row[-1] for row in shown(menu)] == ["↑", "1", "2", "3", "4"]

    async def test_a_smaller_window_follows_the_cursor(self) -> None:
        menu = Menu(MANY)
        async with Recording(menu).run_test(size=(40, 20)) as pilot:
            menu.cursor = 18
            await pilot.resize_terminal(40, 6)
            await pilot.pause()
            assert any(row.startswith(">Baris 18") for row in shown(menu))
            await pilot.resize_terminal(40, 30)
            await pilot.pause()
            assert shown(menu)[0].strip() == "Baris 0"


class TestChoosing:
    async def test_enter_chooses_the_row_of_the_cursor(self) -> None:
        async with a_menu(HOME) as (menu, fingers, app):
            await fingers.type(["down", "enter"])
            assert app.said == ["chosen:pln"]
            assert app.messages == [Menu.Chosen(menu, HOME[1])]
            assert app.messages[0].control is menu

    async def test_enter_behind_arrows_on_a_stalled_line_chooses_what_they_lead_to(self) -> None:
        async with a_menu(HOME) as (_, fingers, app):
            await fingers.type(["down", "down", "up", "enter"], AT_ONCE)
            assert app.said == ["chosen:pln"]

    @pytest.mark.parametrize(
        ("key", "chosen"), [("1", "pulsa"), ("2", "pln"), ("k", "bpjs"), ("K", "bpjs")]
    )
    async def test_a_rows_own_key_chooses_it_at_once(self, key: str, chosen: str) -> None:
        async with a_menu(HOME) as (menu, fingers, app):
            await fingers.type([key])
            assert app.said == [f"chosen:{chosen}"]
            assert menu.current is not None
            assert menu.current.id == chosen

    async def test_a_key_of_no_row_is_a_command(self) -> None:
        async with a_menu(HOME) as (_, fingers, app):
            await fingers.type(["b", "f9", "h"])
            assert app.said == ["pay", "pay", "help"]

    async def test_a_key_of_a_row_is_no_command_of_the_screen(self) -> None:
        async with a_menu([MenuItem("x", "Apa", key="b")]) as (_, fingers, app):
            await fingers.type(["b"])
            assert app.said == ["chosen:x"]
            assert "b" not in app.screen.active_bindings

    async def test_alt_and_a_key_of_a_row_is_not_that_key(self) -> None:
        async with a_menu([MenuItem("x", "Apa", key="b")]) as (_, fingers, app):
            await fingers.type(["alt+b"])
            assert app.said == ["pay"]

    @pytest.mark.parametrize("spacing", [AT_ONCE, 0.010])
    async def test_a_scan_chooses_one_row_and_not_one_for_each_digit(self, spacing: float) -> None:
        async with a_menu(HOME) as (_, fingers, app):
            await fingers.scan("1212121212121", "enter", spacing=spacing)
            assert app.said == ["chosen:pulsa"]
            await fingers.type(["2"])
            assert app.said == ["chosen:pulsa", "chosen:pln"]

    async def test_an_empty_menu_has_nothing_to_choose(self) -> None:
        async with a_menu([]) as (menu, fingers, app):
            await fingers.type(["down", "end", "pagedown", "enter", "home", "1"])
            assert (menu.cursor, menu.current, app.said) == (0, None, [])
            assert set(shown(menu)) == {""}


class TestOtherRows:
    async def test_the_cursor_stays_with_its_row(self) -> None:
        async with a_menu(MANY) as (menu, _, _):
            menu.cursor = 7
            menu.set_items(MANY[5:])
            assert menu.current == MANY[7]
            assert menu.items == tuple(MANY[5:])

    async def test_it_goes_to_the_first_row_when_its_row_has_gone(self) -> None:
        async with a_menu(MANY, rows=5) as (menu, _, _):
            menu.cursor = 20
            menu.set_items(MANY[:9])
            assert menu.cursor == 0
            assert shown(menu)[0].startswith(">Baris 0")

    async def test_they_are_shown(self) -> None:
        async with a_menu(HOME) as (menu, _, _):
            menu.set_items(MANY[:2])
            assert shown(menu)[:3] == [">Baris 0", " Baris 1", ""]


class TestDrawing:
    async def test_key_label_and_detail_stand_in_columns(self) -> None:
        async with a_menu(HOME, columns=30) as (menu, _, _):
            assert shown(menu)[:3] == [
                ">1 Pulsa            12 produk",
                " 2 PLN prabayar",
                " k BPJS Kesehatan",
            ]

    @pytest.mark.parametrize("columns", [1, 2, 3, 5, 10, 17, 80, 132])
    async def test_every_row_is_as_wide_as_the_window(self, columns: int) -> None:
        items = [
            MenuItem("a", "Label yang panjang sekali " * 9, "rincian " * 9, "1"),
            MenuItem("b", "日本" * 40, "語" * 30, "界"),
        ]
        async with a_menu(items, columns=columns, rows=3) as (menu, _, _):
            for cursor in (0, 1):
                menu.cursor = cursor
                assert {menu.render_line(y).cell_length for y in range(3)} == {columns}

    async def test_a_label_that_is_cut_says_so(self) -> None:
        async with a_menu([MenuItem("a", "Asuransi kendaraan", "rincian panjang")], columns=20) as (
            menu,
            _,
            _,
        ):
            assert shown(menu)[0] == ">Asurans… rincian …"

    async def test_the_cursor_is_seen_without_colour_and_stronger_with_the_focus(self) -> None:
        async with a_menu(HOME) as (menu, fingers, app):
            with_focus = menu.render_line(0)
            app.screen.set_focus(None)
            await fingers.rest()
            without = menu.render_line(0)
            assert with_focus.text == without.text
            assert with_focus.text.startswith(">")
            assert [one.style for one in with_focus] != [one.style for one in without]
