"""Ids of requests: nobody can guess one, and none ever comes twice."""

import multiprocessing
import random
import re
import warnings
from multiprocessing.connection import Connection

from cashier.espay.uuid import new_uuid


def test_an_id_names_the_sender_and_carries_128_bits() -> None:
    assert re.fullmatch(r"TOKOCONTOH[0-9A-F]{32}", new_uuid("TOKOCONTOH"))


def test_s44_two_hundred_thousand_ids_are_all_different() -> None:
    assert len({new_uuid("T") for _ in range(1_000_000)}) == 1_000_000


def test_s44_a_seeded_generator_makes_no_id_come_twice() -> None:
    random.seed(1)
    first = new_uuid("T")
    random.seed(1)
    assert new_uuid("T") != first


def _tell(line: Connection) -> None:
    line.send([new_uuid("T") for _ in range(1_000)])


def test_s44_forked_tills_never_make_the_same_id() -> None:
    context = multiprocessing.get_context("fork")
    heard: list[str] = [new_uuid("T") for _ in range(1_000)]
    for _ in range(3):
        ours, theirs = context.Pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads, in 3.12
            child = context.Process(target=_tell, args=(theirs,))
            child.start()
        heard.extend(ours.recv())
        child.join(30)
        assert child.exitcode == 0
        ours.close()
        theirs.close()
    assert len(set(heard)) == len(heard) == 4_000
