"""What `/lt` takes and sends, as `/lt/spec` describes it. The parameters are LibreTranslate's."""

from typing import Any, Literal

from pydantic import BaseModel, Field

_KEY = Field("", description="API key: a token of LinkBridge. `Authorization: Bearer …` does the same.")


class TranslateAsked(BaseModel):
    """A text or a list of texts to translate."""

    q: str | list[str] = Field(description="The text, or a list of texts.", examples=["Where is the doctor?"])
    source: str = Field(description="Language code, or `auto` to identify it, in each text by itself.")
    target: str = Field(description="Language code.", examples=["pt"])
    format: Literal["text", "html"] = Field("text", description="`html` keeps the markup.")
    alternatives: int = Field(0, ge=0, description="How many other translations to send.")
    api_key: str = _KEY


class Detected(BaseModel):
    """A language, and how sure that is."""

    confidence: float = Field(ge=0, le=100)
    language: str = Field(examples=["en"])


class TranslateAnswer(BaseModel):
    """The translation. For a list of texts, each field is a list in their order."""

    translatedText: str | list[str] = Field(  # noqa: N815 - LibreTranslate's name
        description="Empty where the translation is refused: look at `linkbridge.quality`."
    )
    detectedLanguage: Detected | list[Detected] | None = Field(  # noqa: N815
        None, description="Only with `source=auto`."
    )
    alternatives: list[str] | list[list[str]] | None = Field(None, description="Only where some were asked for.")
    linkbridge: dict[str, Any] | list[dict[str, Any]] = Field(
        description="LinkBridge's label: `source`, `quality`, `reasons`, `route`, `protected`, `terms`, `segments`."
    )


class DetectAsked(BaseModel):
    """A text whose language is to be identified."""

    q: str
    api_key: str = _KEY


class LanguageRow(BaseModel):
    """A language and what it can be translated into."""

    code: str
    name: str
    targets: list[str]


class SuggestAsked(BaseModel):
    """A better translation."""

    q: str = Field(description="The original text.")
    s: str = Field(description="The suggested translation.")
    source: str
    target: str
    api_key: str = Field("", description="API key of a token whose role reviews phrases.")


class SuggestAnswer(BaseModel):
    """Whether it was taken."""

    success: bool


class FileAsked(BaseModel):
    """A document to translate."""

    file: bytes = Field(json_schema_extra={"format": "binary"})
    source: str
    target: str
    api_key: str = _KEY


class FileAnswer(BaseModel):
    """Where the translated document can be fetched for half an hour."""

    translatedFileUrl: str  # noqa: N815 - LibreTranslate's name


class HealthAnswer(BaseModel):
    """Whether a sentence was really translated just now."""

    status: Literal["ok"]


class ErrorAnswer(BaseModel):
    """What went wrong."""

    error: str = Field(examples=["zz is not supported"])


def body(model: type[BaseModel], *types: str) -> dict[str, Any]:
    """Return how an operation's body is described, in each of the media types in which it may be sent."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {each: {"schema": schema} for each in types}}}
