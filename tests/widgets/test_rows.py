"""Token, total and facts in whatever width they get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.widget import Widget

from cashier.money import ZERO, Rupiah
from cashier.widgets.big_digits import BigToken, big, groups_of_four, token_rows
from cashier.widgets.facts import FactList, fact_rows
from cashier.widgets.rows import Rows
from cashier.widgets.total import Total, total_rows
from tests.widgets.recording import Recording

TOKEN = "12345678901234567890"


class TestToken:
    def test_it_is_read_in_groups_of_four(self) -> None:
        assert groups_of_four(TOKEN) == ["1234", "5678", "9012", "3456", "7890"]

    def test_at_eighty_columns_it_stands_in_two_lines_of_large_groups(self) -> None:
        rows = token_rows(TOKEN, 80)
        assert rows == [
            "▀█  ▀▀█ ▀▀█ █ █   █▀▀ █▀▀ ▀▀█ █▀█   █▀█ █▀█ ▀█  ▀▀█   ▀▀█ █ █ █▀▀ █▀▀",
            " █  █▀▀  ▀█ ▀▀█   ▀▀█ █▀█   █ █▀█   ▀▀█ █ █  █  █▀▀    ▀█ ▀▀█ ▀▀█ █▀█",
            "▀▀▀ ▀▀▀ ▀▀▀   ▀   ▀▀▀ ▀▀▀   ▀ ▀▀▀   ▀▀▀ ▀▀▀ ▀▀▀ ▀▀▀   ▀▀▀   ▀ ▀▀▀ ▀▀▀",
            "",
            "▀▀█ █▀█ █▀█ █▀█",
            "  █ █▀█ ▀▀█ █ █",
            "  ▀ ▀▀▀ ▀▀▀ ▀▀▀",
        ]

    def test_wide_windows_show_it_in_one_line(self) -> None:
        assert len(token_rows(TOKEN, 132)) == 3

    @pytest.mark.parametrize(("width", "rows"), [(35, 11), (15, 19)])
    def test_narrow_windows_need_more_lines(self, width: int, rows: int) -> None:
        assert len(token_rows(TOKEN, width)) == rows

    def test_where_no_large_group_fits_it_is_spaced_text(self) -> None:
        assert token_rows(TOKEN, 14) == ["1234 5678 9012", "3456 7890"]

    def test_what_is_no_row_of_digits_is_shown_as_it_is(self) -> None:
        assert token_rows("AB-12\x1b[2J", 80) == ["AB-12[2J"]
        assert token_rows("١٢٣٤", 80) == ["١٢٣٤"]
        assert token_rows("", 80) == [""]

    def test_no_two_figures_look_alike(self) -> None:
        assert len({tuple(big(figure)) for figure in "0123456789.,-"}) == 13

    @given(st.text("0123456789", min_size=1, max_size=40), st.integers(min_value=15, max_value=140))
    def test_large_groups_always_fit_and_none_is_left_out(self, token: str, width: int) -> None:
        rows = token_rows(token, width)
        assert all(cell_len(row) <= width for row in rows)
        drawn = [row.split("   ") for row in rows[::4]]
        blocks = sum(row.count("▀") + row.count("█") for row in rows)
        assert drawn
        assert blocks == sum(row.count("▀") + row.count("█") for row in big(token))


class TestTotal:
    def test_it_is_large(self) -> None:
        assert total_rows("TOTAL", Rupiah.of(125_400), 80) == [
            "         ▀█  ▀▀█ █▀▀   █ █ █▀█ █▀█",
            "TOTAL Rp  █  █▀▀ ▀▀█   ▀▀█ █ █ █ █",
            "         ▀▀▀ ▀▀▀ ▀▀▀ ▀   ▀ ▀▀▀ ▀▀▀",
        ]

    def test_it_is_one_line_where_that_is_too_wide(self) -> None:
        assert total_rows("TOTAL", Rupiah.of(125_400), 33) == [f"{'TOTAL Rp125.400':33}"]
        assert len(total_rows("TOTAL", Rupiah.of(125_400), 34)) == 3

    @given(
        st.integers(min_value=-(10**15), max_value=10**15), st.integers(min_value=1, max_value=140)
    )
    def test_it_always_fits(self, sen: int, width: int) -> None:
        rows = total_rows("KEMBALIAN", Rupiah(sen), width)
        assert len(rows) in {1, 3}
        assert all(cell_len(row) <= width for row in rows)

    def test_sen_and_minus_are_seen(self) -> None:
        whole, cents = big("5"), big("-5,50")
        assert whole != cents
        assert "▀▀▀" in cents[1]


class TestFacts:
    FACTS = (
        ("Nama", "BUDI SANTOSO"),
        ("Nomor meter", "14012345678"),
        ("Alamat", "JL MERDEKA " * 6),
    )

    def test_labels_and_values_are_two_columns(self) -> None:
        assert fact_rows(self.FACTS, 50) == [
            "Nama        : BUDI SANTOSO",
            "Nomor meter : 14012345678",
            "Alamat      : JL MERDEKA JL MERDEKA JL MERDEKA JL",
            "              MERDEKA JL MERDEKA JL MERDEKA",
        ]

    def test_in_a_narrow_window_values_stand_under_their_labels(self) -> None:
        assert fact_rows(self.FACTS[:2], 20) == [
            "Nama",
            "BUDI SANTOSO",
            "Nomor meter",
            "14012345678",
        ]

    @given(
        st.lists(st.tuples(st.text(max_size=30), st.text(max_size=90)), max_size=5),
        st.integers(min_value=2, max_value=132),
    )
    def test_every_row_fits_whatever_they_contain(
        self, facts: list[tuple[str, str]], width: int
    ) -> None:
        assert all(cell_len(row) <= width for row in fact_rows(facts, width))


class TestOnScreen:
    @pytest.mark.parametrize(
        ("widget", "height"),
        [
            (BigToken(TOKEN), 7),
            (Total("TOTAL", Rupiah.of(50_000)), 3),
            (FactList((("Nama", "BUDI"), ("Daya", "900 VA"))), 2),
        ],
    )
    async def test_it_takes_as_many_lines_as_it_has_and_fills_them(
        self, widget: Rows, height: int
    ) -> None:
        async with Recording(widget).run_test(size=(80, 24)):
            assert widget.size.height == height
            strips = [widget.render_line(y) for y in range(height + 1)]
            assert {strip.cell_length for strip in strips} == {80}
            rows = [strip.text.rstrip() for strip in strips]
            assert rows == [row.rstrip() for row in (*widget.rows(80), "")]

    async def test_other_figures_and_facts_can_be_shown(self) -> None:
        total, facts = Total("KEMBALI", ZERO), FactList()
        app = Recording(total, facts)
        async with app.run_test(size=(60, 20)) as pilot:
            total.show(Rupiah.of(25))
            facts.show((("Nama", "BUDI"),))
            await pilot.pause()
            assert _text(total) == total_rows("KEMBALI", Rupiah.of(25), 60)[0].rstrip()
            assert _text(facts) == "Nama : BUDI"
            assert facts.size.height == 1

    async def test_rows_that_say_nothing_are_a_defect(self) -> None:
        with pytest.raises(NotImplementedError):
            Rows().rows(80)


def _text(widget: Widget) -> str:
    return widget.render_line(0).text.rstrip()
