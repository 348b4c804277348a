"""Can the printer be reached? Asked by ``check``; nothing is printed."""

import os
import shutil
import socket
from pathlib import Path
from typing import Final, assert_never

from cashier.config import (
    CupsPrinter,
    FilePrinter,
    NetworkPrinter,
    NoPrinter,
    SerialPrinter,
    UsbPrinter,
)
from cashier.language import Refusal

_WAIT_S: Final = 3.0
_USB_DEVICES: Final = Path("/sys/bus/usb/devices")

AnyPrinter = CupsPrinter | FilePrinter | NetworkPrinter | NoPrinter | SerialPrinter | UsbPrinter


def reach(printer: AnyPrinter) -> None:
    """Look whether the device, queue, folder or port of a printer is there.

    Raises:
        Refusal: It is not; the sentence says what is missing.
    """
    match printer:
        case NoPrinter():
            return
        case FilePrinter():
            _require(os.access(printer.folder, os.W_OK | os.X_OK), str(printer.folder))
        case SerialPrinter():
            _require(os.access(printer.device, os.W_OK), str(printer.device))
        case NetworkPrinter():
            _connect(printer.host, printer.port)
        case UsbPrinter():
            _require(_is_plugged_in(printer), f"{printer.vendor:04x}:{printer.product:04x}")
        case CupsPrinter():
            _require(shutil.which("lp") is not None, "lp")
        case _:
            assert_never(printer)


def _require(there: bool, what: str) -> None:
    if not there:
        raise Refusal("cli.printer_missing", what=what)


def _connect(host: str, port: int) -> None:
    try:
        socket.create_connection((host, port), _WAIT_S).close()
    except OSError:
        raise Refusal("cli.printer_missing", what=f"{host}:{port}") from None


def _is_plugged_in(printer: UsbPrinter) -> bool:
    wanted = (f"{printer.vendor:04x}", f"{printer.product:04x}")
    return any(_ids(device) == wanted for device in _USB_DEVICES.glob("*"))


def _ids(device: Path) -> tuple[str, str] | None:
    try:
        return (
            (device / "idVendor").read_text().strip(),
            (device / "idProduct").read_text().strip(),
        )
    except OSError:
        return None
