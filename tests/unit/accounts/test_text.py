import pytest

from linkbridge.accounts.text import Checks, InvalidForm, clean_email, clean_line
from linkbridge.kernel.errors import InvalidInput


def test_line_is_trimmed_and_normalised() -> None:
    assert clean_line("  Jose\u0301   Pe\u0301rez ", field="name", longest=20) == "José Pérez"


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "empty"), (" \t ", "empty"), ("x" * 21, "long"), ("a\x00b", "characters"), ("a\u202eb", "characters")],
)
def test_bad_line_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean_line(text, field="name", longest=20)
    assert (caught.value.params["field"], caught.value.params["problem"]) == ("name", problem)


def test_address_is_folded() -> None:
    assert clean_email(" Ana.Ruiz@Example.ORG ") == "ana.ruiz@example.org"


@pytest.mark.parametrize("text", ["ana", "@example.org", "ana@", "ana@example", "a@b@c.org", "a b@c.org", "ana@.org."])
def test_malformed_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        clean_email(text)


def test_checks_tell_everything_at_once() -> None:
    checks = Checks()
    assert checks.run(lambda: clean_line("", field="name", longest=5), "otherwise") == "otherwise"
    checks.expect(holds=False, message="no", field="kind", problem="choice")
    with pytest.raises(InvalidForm) as caught:
        checks.done()
    assert [problem.params["field"] for problem in caught.value.problems] == ["name", "kind"]


def test_checks_rename_the_field_of_a_part() -> None:
    checks = Checks()
    checks.run(lambda: clean_line("", field="name", longest=5), "", field="organisation")
    with pytest.raises(InvalidForm) as caught:
        checks.done()
    assert caught.value.params["field"] == "organisation"
