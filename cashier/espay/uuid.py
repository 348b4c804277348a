"""The id of a request: the merchant's name and 128 bits that nobody can guess or repeat."""

import secrets

_RANDOM_BYTES = 16


def new_uuid(sender_id: str) -> str:
    """Make a fresh ``rq_uuid``: the sender's id and 32 hex digits (``protocol.md 4.1``).

    The digits come from the operating system each time, so that neither a fork, a restored
    machine nor a seeded generator can make one twice (``attacks.md S44``).
    """
    return f"{sender_id}{secrets.token_hex(_RANDOM_BYTES).upper()}"
