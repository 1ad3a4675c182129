"""Form fields and JSON bodies, made from the library's own dataclasses: same names, same help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import Field as DataField
from dataclasses import asdict, fields
from typing import Annotated, Any, Final, Literal, get_type_hints

from fastapi.exceptions import RequestValidationError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
)

from formcheck.comparison import Mode
from formcheck.cues import Symptoms
from formcheck.report.schema import Joint
from formcheck.request import Request
from formcheck.values import Typed, from_text

MAX_TEXT: Final = 200
ID_PATTERN: Final = "^[0-9a-f]{32}$"
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

_EXAMPLES: Final[Mapping[str, object]] = {
    "view": "side",
    "height": 1.76,
    "speed": "10km/h",
    "pace": "easy",
    "runner": "anna",
    "date": "2026-05-01",
    "pain_during": 2,
    "region": "knee",
}


def _plain(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("control characters are not possible here")
    return text


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_plain)]
# Fields of free text, by their types in the library; what cannot be read is told by its parser.
_FREE: Final[Mapping[Any, Any]] = {
    str: Text,
    str | None: Text | None,
    Typed: Text | float | None,
    str | float: Text | float,
}
Id = Annotated[str, Field(pattern=ID_PATTERN, examples=["019aab12cd3400112233445566778899"])]
Spm = Annotated[float, Field(gt=0, lt=1000, allow_inf_nan=False, examples=[168])]


class Body(BaseModel):
    """Base of what is sent: unknown fields are refused, numbers are finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


def form_name(field: DataField[Any]) -> str:
    """Return the form field's name of a dataclass's field."""
    return str(field.metadata.get("name") or field.name)


def _several(value: object) -> object:
    """Take several words of a form's field, separated by commas."""
    if isinstance(value, str) and "," in value:
        return tuple(word.strip() for word in value.split(","))
    return value


def _as_typed(name: str, kind: Any) -> Any:  # noqa: ANN401
    """Return a type that also takes what the command line takes for it, such as ``1,5``."""

    def read(value: object) -> object:
        option = name.replace("_", "-")
        return from_text(option, kind, value) if isinstance(value, str) else value

    return Annotated[kind, BeforeValidator(read)]


def _model_fields(group: type) -> dict[str, Any]:
    """Return pydantic's fields for those of a dataclass."""
    hints = get_type_hints(group)
    made: dict[str, Any] = {}
    for field in fields(group):
        kind, name = hints[field.name], form_name(field)
        kind = _as_typed(name, _FREE.get(kind, kind))
        if field.metadata.get("several"):
            kind = Annotated[kind, BeforeValidator(_several)]
        known = {"description": field.metadata["help"]}
        if name in _EXAMPLES:
            known["examples"] = [_EXAMPLES[name]]
        made[field.name] = (kind, Field(default=field.default, alias=name, **known))
    return made


SymptomsBody: Final = create_model(
    "Symptoms",
    __base__=Body,
    __doc__="What the runner says about pain; everything may be left out.",
    **_model_fields(Symptoms),
)
RequestForm: Final = create_model(
    "AnalysisForm",
    __base__=Body,
    __doc__="What is said of a clip; the fields are the command line's options.",
    **_model_fields(Request),
    **_model_fields(Symptoms),
    baseline=(
        Spm | Id | None,
        Field(
            default=None,
            description="The runner's own baseline: steps per minute, or the id of an earlier "
            "analysis.",
        ),
    ),
)


class AdviceBody(Body):
    """Which analyses of one runner to advise on, and what the runner says."""

    analyses: list[Id] = Field(
        min_length=1, max_length=10, description="Side and rear clips of one run."
    )
    symptoms: SymptomsBody | None = Field(  # type: ignore[valid-type]
        default=None, description="Without it, those sent with the clips."
    )
    baseline: Spm | Id | list[Spm | Id] | None = Field(
        default=None,
        description="Steps per minute, or the id of an earlier analysis; several: their mean.",
    )


def _mode(value: object) -> object:
    """Take the command line's spelling too."""
    return value.replace("-", "_") if isinstance(value, str) else value


class ComparisonBody(Body):
    """Which two analyses to compare, and how."""

    first: Id
    second: Id
    mode: Annotated[Mode | None, BeforeValidator(_mode)] = Field(
        default=None, description="Left out: told from paces, speeds and camera sides."
    )
    same_setup: bool = Field(
        default=False, description="Whether camera and treadmill stood the same."
    )


class ShareBody(Body):
    """How long a private link holds, and which other clips of the same visit it shows."""

    days: float = Field(
        default=14, gt=0, le=90, description="Days until the link expires.", examples=[14]
    )
    also: list[Id] = Field(
        default=[], max_length=11, description="Other analyses of this runner and day."
    )


class NoteBody(Body):
    """What a clinician writes beside an analysis; both empty takes the note away."""

    clinician: Text = Field(default="", description="Who saw the runner.")
    text: str = Field(default="", max_length=4000, description="Findings, plan, next date.")


class CorrectionBody(Body):
    """One correction by hand, of the step whose contact was measured at `contact_s`."""

    kind: Literal["stride", "event", "joint"] = Field(
        description="A stride is struck out; an event of it is moved to `to_s`; a joint of the "
        "frame at `at_s` to `to_px` in the upright picture."
    )
    side: Literal["left", "right"]
    contact_s: float = Field(ge=0, description="The step's contact as it was measured.")
    event: Literal["initial_contact", "toe_off"] | None = None
    to_s: float | None = Field(default=None, ge=0)
    joint: Joint | None = None
    at_s: float | None = Field(default=None, ge=0)
    to_px: tuple[float, float] | None = None


CHANGED: Final = ("height", "speed", "incline", "pace", "runner", "shoes", "date", "units")
"""Fields of a request that can be changed after a clip was measured."""
_CHANGE_FIELDS: Final = {name: _model_fields(Request)[name] for name in CHANGED}


class _Change(Body):
    symptoms: SymptomsBody | None = None  # type: ignore[valid-type]
    corrections: list[CorrectionBody] | None = Field(
        default=None, max_length=200, description="All that hold from now on; none puts all back."
    )
    by: Text = Field(default="", description="Who corrected; stands in the report.")


ChangeBody: Final = create_model(
    "AnalysisChange",
    __base__=_Change,
    __doc__="What is put right of an analysis; what is left out stays as it is.",
    **_CHANGE_FIELDS,
)


class SessionBody(Body):
    """A token to sign in with."""

    token: str = Field(min_length=1, max_length=1000)


class JoinBody(Body):
    """A code from the page of a device that is signed in."""

    code: str = Field(min_length=1, max_length=100)


def read_form(values: Mapping[str, str]) -> dict[str, Any]:
    """Check form fields; an empty one counts as left out.

    Returns
    -------
    dict
        ``request``, ``symptoms`` (None when nothing was said) and ``baseline`` as plain values.

    Raises
    ------
    RequestValidationError
        For an unknown field or a value of the wrong type.
    UsageError
        For a value that cannot be.
    """
    given = {name: value for name, value in values.items() if value.strip()}
    try:
        form = RequestForm.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in wrong]
        ) from None
    request = Request(**{field.name: getattr(form, field.name) for field in fields(Request)})
    answers = Symptoms(**{field.name: getattr(form, field.name) for field in fields(Symptoms)})
    request.options()
    return {
        "request": asdict(request),
        "symptoms": said(answers),
        "baseline": form.model_dump()["baseline"],
    }


def said(symptoms: Symptoms) -> dict[str, Any] | None:
    """Return the answers as plain values, None when nothing was said."""
    return None if symptoms == Symptoms() else symptoms.to_dict()


def form_schema() -> dict[str, Any]:
    """Return the OpenAPI request body of an upload: the clip and the form's fields."""
    schema = RequestForm.model_json_schema(by_alias=True)
    clip = {
        "type": "string",
        "contentMediaType": "application/octet-stream",
        "format": "binary",
        "description": "The video of one runner.",
    }
    schema["properties"] = {"clip": clip, **schema["properties"]}
    schema["required"] = ["clip"]
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
