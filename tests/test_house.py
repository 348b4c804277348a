"""The house of DESIGN 1: who imports whom, and what a command loads."""

import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent


def test_imports_go_downwards_only() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def _modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules, sep='\\n')"
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(result.stdout.split())


@pytest.mark.parametrize("heavy", ["httpx", "httpcore", "textual", "rich", "starlette", "uvicorn"])
def test_the_till_is_light_until_it_needs_the_wire(heavy: str) -> None:
    assert heavy not in _modules_after("import cashier.till")


@pytest.mark.parametrize("heavy", ["httpx", "httpcore", "starlette", "uvicorn", "apsw"])
def test_the_app_is_light_until_its_till_is_opened(heavy: str) -> None:
    assert heavy not in _modules_after("import cashier.app")


def test_commands_load_no_textual() -> None:
    commands = sorted(path.stem for path in (HOUSE / "cashier/commands").glob("[a-z]*.py"))
    code = "\n".join(f"import cashier.commands.{name}" for name in commands)
    assert not {"textual", "rich"} & _modules_after(code)


def test_asking_for_the_version_loads_no_library() -> None:
    loaded = _modules_after("from cashier.cli import main\nmain(['--version'])")
    assert not {"argparse", "pydantic", "asyncio", "tomllib"} & loaded
