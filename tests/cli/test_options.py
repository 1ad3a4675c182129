"""Options made from dataclasses, and what a request makes of them."""

import inspect
from dataclasses import fields

import pytest

from formcheck.cli.options import takes_fields
from formcheck.cues import Symptoms
from formcheck.errors import UsageError
from formcheck.request import Request


def test_a_command_gets_its_dataclasses_made_from_plain_options():
    seen: dict[str, object] = {}

    @takes_fields
    def command(name: str, request: Request, symptoms: Symptoms, loud: bool = False) -> None:
        seen.update(name=name, request=request, symptoms=symptoms, loud=loud)

    parameters = inspect.signature(command).parameters
    assert set(parameters) == {"name", "loud"} | {
        each.name for group in (Request, Symptoms) for each in fields(group)
    }
    given = {name: p.default for name, p in parameters.items()}
    command(**{**given, "name": "x", "height": "1,8", "view": "Side", "pain_during": "2/10"})
    assert seen == {
        "name": "x",
        "request": Request(height="1,8", view="side"),
        "symptoms": Symptoms(pain_during=2.0),
        "loud": False,
    }


def test_every_field_has_help():
    for group in (Request, Symptoms):
        for each in fields(group):
            assert each.metadata["help"].endswith("."), each.name


def test_a_request_is_checked():
    options = Request(height=176, speed="10km/h", view="rear", slow_motion="8").options()
    assert options.runner.height_m == 1.76
    assert options.runner.belt_speed_mps == pytest.approx(10 / 3.6)
    assert (options.view, options.slow_motion) == ("rear", 8.0)
    assert Request().options().view is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"height": 17.6},
        {"speed": "10"},
        {"from_s": -1.0},
        {"to_s": float("nan")},
        {"date": "tomorrow"},
        {"incline": 90.0},
    ],
)
def test_impossible_values_are_refused(wrong):
    with pytest.raises(UsageError):
        Request(**wrong).options()
