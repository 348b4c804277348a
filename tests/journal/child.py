"""A till's journal in a process of its own, for tests that kill it or race it.

``python -m tests.journal.child PATH hold`` prepares one payment, sends a second, keeps the
reply of a third, says so, and waits to be killed. ``... PATH race`` sells some bills of its
own, tries as often to pay the one bill that every racer wants, and prints what it got.
"""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cashier.journal import NewPayment
from cashier.journal.errors import OpenPayment
from cashier.payment import State
from tests.journal.making import BILL, CASH, PAID, Counter, answer, inquiry, open_counter

ROUNDS = 12


async def hold(counter: Counter) -> None:
    await counter.prepared()
    await counter.sent()
    kept = await counter.sent()
    await counter.journal.keep_reply(kept.id, answer(kept.rq_uuid))
    # A program that the till starts must not keep the session's lock when the till dies.
    sleeper = await asyncio.create_subprocess_exec("sleep", "60", close_fds=False)
    say(f"{sleeper.pid}")
    await asyncio.Event().wait()


async def race(counter: Counter) -> None:
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    won = 0
    for turn in range(ROUNDS):
        mine = f"{os.getpid()}-{turn}"
        with suppress(OpenPayment):
            await prepare(counter, "w" * 64, f"{mine}-wanted")
            won += 1
        payment_id = await prepare(counter, mine, mine)
        await counter.journal.mark_sent(payment_id)
        await counter.journal.keep_reply(payment_id, answer(mine))
        await counter.journal.conclude(payment_id, State.SENT, PAID)
    say(f"{won}")


async def prepare(counter: Counter, bill_key: str, rq_uuid: str) -> int:
    bill = replace(BILL, bill_key=bill_key)
    quote = await counter.journal.keep_quote(bill, [inquiry()])
    return (await counter.journal.prepare(NewPayment(quote.id, rq_uuid, CASH))).id


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(path: Path, task: str) -> None:
    async with open_counter(path) as counter:
        await (hold if task == "hold" else race)(counter)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
