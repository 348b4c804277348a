"""Plays a recorded reply again through the HTTP library that first read it."""

import httpcore

from cashier.espay.reception import Reception, weigh
from cashier.payment import Delivery, Reason

_NOWHERE = "http://replay.invalid/"


def replay(raw: bytes) -> Reception:
    """Read recorded bytes as the reply to one request; opens no connection and never raises."""
    body = bytearray()
    status: int | None = None
    network = httpcore.MockBackend([raw])
    try:
        with (
            httpcore.ConnectionPool(network_backend=network, retries=0) as pool,
            pool.stream("POST", _NOWHERE) as response,
        ):
            status = response.status
            for part in response.iter_stream():
                body += part
            return weigh(status, _encoding(response), raw, bytes(body))
    except (httpcore.ProtocolError, httpcore.NetworkError) as error:
        detail = type(error).__name__
        torn = Reason.TORN_REPLY
        return Reception(Delivery.UNUSABLE, torn, detail, status, raw, bytes(body))


def _encoding(response: httpcore.Response) -> str:
    values = [value for name, value in response.headers if name.lower() == b"content-encoding"]
    return b",".join(values).decode("latin-1")
