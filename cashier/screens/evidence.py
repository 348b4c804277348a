"""Writes a payment's evidence pack, for Espay's support, into a file of the shop's own."""

import asyncio
from pathlib import Path

from cashier.clock import wib
from cashier.config import data_folder
from cashier.private_file import write_private
from cashier.screens.front import Front
from cashier.till import Payment


async def write_evidence(front: Front, payment: Payment, *, masked: bool) -> Path:
    """Write the pack for its owner alone (0600); give where it lies.

    Each one has a name of its own, so that what was sent to Espay stays as it was sent.

    Args:
        front: The till.
        payment: What it tells about.
        masked: Whether number, name and other facts about the customer are left out.

    Raises:
        Refusal: The payment cannot be read, or the file not be written.
    """
    text = await front.till.evidence_pack(payment.id, front.language, masked=masked)
    folder = data_folder() / "evidence" / front.config.espay.environment
    stamp = wib(front.clock.utc_ms()).strftime("%Y%m%d-%H%M%S")
    kind = "-masked" if masked else ""
    path = folder / f"{payment.receipt_no}-{stamp}{kind}.txt"
    await asyncio.to_thread(write_private, path, text.encode())
    return path
