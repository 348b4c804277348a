"""Scans and pastes: taken where numbers are scanned, thrown away where money and secrets are.

``counter.md 3.3``, B08: a scanner typed a barcode into the cash field, and its Enter confirmed.
"""

import pytest

from cashier.widgets.entry import Entry
from cashier.widgets.entry_kind import EntryKind
from tests.widgets.fingers import AT_ONCE
from tests.widgets.test_entry import an_entry

BARCODE = "8690000000017"
SPACINGS = [0.0, 0.001, 0.002, 0.005, 0.010, 0.029]
GUARDED: list[EntryKind] = ["amount", "pin"]


class TestWhereScansAreTaken:
    @pytest.mark.parametrize("spacing", SPACINGS)
    @pytest.mark.parametrize("kind", ["digits", "code", "text"])
    async def test_a_scan_is_submitted_as_one(self, kind: EntryKind, spacing: float) -> None:
        async with an_entry(kind, scan=True, clear_on_submit=True) as (entry, fingers, app):
            await fingers.scan(BARCODE, "enter", spacing=spacing)
            assert (app.said, entry.value) == ([f"scan:{BARCODE}"], "")

    async def test_two_scans_at_once_are_two_numbers(self) -> None:
        async with an_entry("digits", scan=True, clear_on_submit=True) as (_, fingers, app):
            await fingers.scan("8690000000017", "enter", *"8690000000024", "enter")
            assert app.said == ["scan:8690000000017", "scan:8690000000024"]

    @pytest.mark.parametrize("suffix", [["ctrl+j"], ["enter", "ctrl+j"]])
    async def test_a_scanner_may_send_lf_or_cr_lf(self, suffix: list[str]) -> None:
        async with an_entry("digits", scan=True) as (_, fingers, app):
            await fingers.scan(BARCODE, *suffix)
            assert app.said == [f"scan:{BARCODE}"]

    async def test_a_scanner_without_suffix_leaves_the_enter_to_the_operator(self) -> None:
        async with an_entry("digits", scan=True) as (entry, fingers, app):
            await fingers.scan(BARCODE)
            assert (app.said, entry.value) == ([], BARCODE)
            await fingers.type(["enter"])
            assert app.said == [f"enter:{BARCODE}"]

    async def test_what_is_typed_by_hand_is_no_scan(self) -> None:
        async with an_entry("digits", scan=True) as (_, fingers, app):
            await fingers.type([*BARCODE, "enter"])
            assert app.said == [f"enter:{BARCODE}"]

    async def test_a_correction_on_a_stalled_line_is_applied_and_is_no_scan(self) -> None:
        async with an_entry("digits", scan=True) as (_, fingers, app):
            await fingers.type([*"12345", "backspace", *"678", "enter"], AT_ONCE)
            assert app.said == ["enter:1234678"]

    async def test_arrows_on_a_stalled_line_happen_in_order(self) -> None:
        async with an_entry("digits", scan=True) as (_, fingers, app):
            await fingers.type([*"12", "left", "left", "9", "enter"], AT_ONCE)
            assert app.said == ["enter:912"]

    async def test_not_a_digit_of_a_number_is_lost_when_the_line_stalls_half_way(self) -> None:
        async with an_entry("digits", scan=True) as (_, fingers, app):
            await fingers.type("123")
            await fingers.type([*"456789012", "enter"], AT_ONCE)
            assert app.said == ["scan:123456789012"]

    async def test_all_that_the_scanner_sent_is_told_also_what_is_no_digit(self) -> None:
        """``NumberRule.from_scan`` knows what counts of ``tel:+62812...``; the entry does not."""
        async with an_entry("digits", scan=True) as (entry, fingers, app):
            await fingers.scan("tel:+628123456789", "enter")
            assert (app.said, entry.value) == (["scan:tel:+628123456789"], "")

    async def test_a_scan_that_is_too_long_is_told_whole_never_cut(self) -> None:
        async with an_entry("digits", 12, scan=True) as (entry, fingers, app):
            await fingers.scan(BARCODE, "enter")
            assert (app.said, entry.value) == ([f"scan:{BARCODE}"], "")

    @pytest.mark.parametrize("scan", ["QR:8690000000017", "86900000000171"])
    async def test_a_scan_that_does_not_fit_behind_typed_digits_is_thrown_away(
        self, scan: str
    ) -> None:
        async with an_entry("digits", 15, scan=True) as (entry, fingers, app):
            await fingers.type("12")
            await fingers.scan(scan, "enter")
            assert (app.said, entry.value) == (["widget.scan_mixed"], "12")


class TestWhereTheyAreNot:
    @pytest.mark.parametrize("spacing", SPACINGS)
    @pytest.mark.parametrize("kind", GUARDED)
    async def test_a_scan_is_thrown_away_wholly_and_its_enter_too(
        self, kind: EntryKind, spacing: float
    ) -> None:
        async with an_entry(kind) as (entry, fingers, app):
            await fingers.type("12")
            await fingers.scan(BARCODE, "enter", spacing=spacing)
            assert (app.said, entry.value, entry.cursor) == ([f"widget.scan_in_{kind}"], "12", 2)
            assert isinstance(app.messages[-1], Entry.Changed | Entry.ScanRefused)

    @pytest.mark.parametrize("kind", GUARDED)
    async def test_so_is_a_scan_without_enter_and_a_second_one_behind_it(
        self, kind: EntryKind
    ) -> None:
        async with an_entry(kind) as (entry, fingers, app):
            await fingers.scan(BARCODE)
            await fingers.scan(BARCODE, "enter", *BARCODE, "enter")
            assert (app.said, entry.value) == ([f"widget.scan_in_{kind}"] * 2, "")

    @pytest.mark.parametrize("kind", GUARDED)
    @pytest.mark.parametrize("scan", ["b1", "https://pay.example/b?b=1", "B-12", "b" * 30])
    async def test_nothing_is_paid_by_the_letters_of_a_scan(
        self, kind: EntryKind, scan: str
    ) -> None:
        async with an_entry(kind) as (entry, fingers, app):
            await fingers.scan(scan, "enter")
            await fingers.rest()
            assert (app.said, entry.value) == ([f"widget.scan_in_{kind}"], "")

    async def test_typing_goes_on_behind_a_refused_scan(self) -> None:
        async with an_entry("amount") as (_, fingers, app):
            await fingers.scan(BARCODE, "enter")
            await fingers.type([*"50000", "enter"])
            assert app.said == ["widget.scan_in_amount", "enter:50000"]

    async def test_a_usual_amount_is_taken_even_when_the_line_stalled(self) -> None:
        async with an_entry("amount") as (_, fingers, app):
            await fingers.type([*"150000", "enter"], AT_ONCE)
            assert app.said == ["enter:150000"]

    async def test_a_correction_on_a_stalled_line_is_no_scan(self) -> None:
        async with an_entry("amount") as (_, fingers, app):
            await fingers.type([*"1000", "backspace", "backspace", *"50000", "enter"], AT_ONCE)
            assert app.said == ["enter:1050000"]

    async def test_the_field_is_as_it_was_also_when_the_scan_came_in_its_middle(self) -> None:
        async with an_entry("amount") as (entry, fingers, _):
            await fingers.type([*"5000", "left", "left"])
            await fingers.scan(BARCODE, "enter")
            assert (entry.value, entry.cursor) == ("5000", 2)

    @pytest.mark.parametrize("kind", ["digits", "code", "text"])
    async def test_elsewhere_the_text_stays_and_a_finger_has_to_press_enter(
        self, kind: EntryKind
    ) -> None:
        async with an_entry(kind) as (entry, fingers, app):
            await fingers.scan(BARCODE, "enter")
            assert (app.said, entry.value) == (["widget.scan_enter"], BARCODE)
            await fingers.type(["enter"])
            assert app.said == ["widget.scan_enter", f"enter:{BARCODE}"]


class TestPastes:
    @pytest.mark.parametrize(
        ("kind", "text", "value"),
        [
            ("digits", BARCODE, BARCODE),
            ("digits", "8690-0000 00017\r\n", BARCODE),
            ("digits", "\n\n 8690000000017 \n", BARCODE),
            ("amount", "Rp50.000", "50000"),
            ("amount", "125400", "125400"),
            ("code", "AB-12 x", "AB-12x"),
            ("text", "Bu Sri\x1b[2J", "Bu Sri[2J"),
            ("pin", "4711", "4711"),
        ],
    )
    async def test_what_a_line_brings(self, kind: EntryKind, text: str, value: str) -> None:
        async with an_entry(kind) as (entry, fingers, app):
            await fingers.paste(text)
            assert (entry.value, app.said) == (value, [])

    @pytest.mark.parametrize(
        ("kind", "text", "why"),
        [
            ("digits", "8690000000017\n8690000000024", "paste_lines"),
            ("text", "a\rb", "paste_lines"),
            ("text", "a\u2028b", "paste_lines"),
            ("digits", "tidak ada", "paste_nothing"),
            ("text", "\x1b\x07", "paste_nothing"),
            ("digits", "", "paste_nothing"),
            ("amount", "50.000,00", "paste_amount"),
            ("amount", "50000.00", "paste_amount"),
            ("amount", "", "paste_amount"),
            ("digits", "1" * 21, "too_long"),
            ("pin", "1" * 21, "too_long"),
        ],
    )
    async def test_what_is_refused_wholly(self, kind: EntryKind, text: str, why: str) -> None:
        async with an_entry(kind) as (entry, fingers, app):
            await fingers.type("5")
            await fingers.paste(text)
            assert (entry.value, app.said) == ("5", [f"widget.{why}"])
            assert isinstance(app.messages[-1], Entry.PasteRefused)

    async def test_it_stands_where_the_cursor_was(self) -> None:
        async with an_entry("digits") as (entry, fingers, _):
            await fingers.type([*"19", "left"])
            await fingers.paste("234")
            assert (entry.value, entry.cursor) == ("12349", 4)

    @pytest.mark.parametrize("kind", ["digits", "code", "text", "amount", "pin"])
    async def test_a_pasted_enter_never_submits_where_scans_are_not_taken(
        self, kind: EntryKind
    ) -> None:
        async with an_entry(kind) as (_, fingers, app):
            await fingers.paste("4711", "enter")
            assert app.said == [
                f"widget.scan_in_{kind}" if kind in GUARDED else "widget.scan_enter"
            ]

    async def test_where_they_are_a_paste_with_enter_counts_as_one(self) -> None:
        async with an_entry("digits", scan=True) as (_, fingers, app):
            await fingers.paste(BARCODE, "enter")
            assert app.said == [f"scan:{BARCODE}"]

    async def test_an_enter_by_hand_submits_what_was_pasted(self) -> None:
        async with an_entry("amount") as (_, fingers, app):
            await fingers.paste("50.000")
            await fingers.type(["enter"])
            assert app.said == ["enter:50000"]
