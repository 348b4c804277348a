"""The practice Espay as a web application: six services at the documented paths."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from cashier.clock import Clock
from cashier.sandbox.delivery import respond, unauthorised
from cashier.sandbox.gate import SERVICES, Form, Service, is_known, read_form, refusal
from cashier.sandbox.ledger import Ledger
from cashier.sandbox.service import PracticeEspay
from cashier.sandbox.settings import SandboxSettings

ELSEWHERE = "/elsewhere"
"""Where redirects lead; whoever comes here followed one, and the ledger shows it."""

_Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(settings: SandboxSettings, ledger: Ledger, clock: Clock) -> Starlette:
    """Make the application; the ledger stays open for as long as it serves."""
    espay = PracticeEspay(settings, ledger, clock)
    routes = [
        Route(service.path, _endpoint(espay, service, settings), methods=["POST"])
        for service in SERVICES
    ]
    every = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"]
    return Starlette(routes=[*routes, Route(ELSEWHERE, _elsewhere(espay), methods=every)])


def _endpoint(espay: PracticeEspay, service: Service, settings: SandboxSettings) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            form = read_form(await request.body())
        except ClientDisconnect:
            return Response()
        if not is_known(request.headers.get("authorization", ""), settings):
            espay.keep(service.name, form, "401")
            return unauthorised()
        why = refusal(service, form, settings)
        reply = espay.turn_away(service, form, why) if why else espay.answer(service, form)
        here = f"http://127.0.0.1:{request.scope['server'][1]}{ELSEWHERE}"
        return respond(reply, settings.redirect_to or here, settings.pace)

    return endpoint


def _elsewhere(espay: PracticeEspay) -> _Endpoint:
    async def endpoint(_: Request) -> Response:
        espay.keep("elsewhere", Form({}), "")
        return Response(status_code=204)

    return endpoint
