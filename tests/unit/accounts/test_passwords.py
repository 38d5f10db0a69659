import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from linkbridge.accounts.passwords import PasswordHasher, check_password
from linkbridge.kernel.errors import InvalidInput
from tests.support.accounts import QUICK_HASHER


@pytest.mark.parametrize(
    "password",
    [
        "trombone gravel sunset",
        "kJ8#mPq2vLx9",
        "ሰላም ለዓለም ሁሉ ይሁን",
        "un largo camino a casa",
        "x" * 3 + " correct horse battery " + "y" * 200,
    ],
)
def test_good_password_is_accepted(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "short"),
        ("kJ8#mPq2vLx", "short"),
        ("a b c " * 50, "long"),
        ("aaaaaaaaaaaaaaaa", "guessable"),
        ("abcabcabcabcabc", "guessable"),
        ("123456789012", "guessable"),
        ("987654321098", "guessable"),
        ("qwertyuiopasdf", "guessable"),
        ("password123456", "guessable"),
        ("P4ssw0rd!!!!2024", "guessable"),
        ("contraseña1234", "guessable"),
        ("administrator1", "guessable"),
        ("linkbridge2026!", "guessable"),
        ("Bienvenido.2026.", "guessable"),
    ],
)
def test_bad_password_is_refused_with_its_reason(password: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_password(password)
    assert caught.value.params["problem"] == problem
    assert caught.value.params["field"] == "password"


def test_password_made_of_the_own_name_is_refused() -> None:
    about = ("maria.gonzalez@example.org", "María González")
    with pytest.raises(InvalidInput):
        check_password("Gonzalez.maria1", about=about)


def test_password_typed_in_another_unicode_form_fits() -> None:
    kept = QUICK_HASHER.hash("señora de la montaña")
    assert QUICK_HASHER.verify("sen\u0303ora de la montan\u0303a", kept) == (True, None)


def test_unknown_account_is_verified_against_a_hash_all_the_same() -> None:
    assert QUICK_HASHER.verify("a password that nobody has", None) == (False, None)


def test_hash_made_with_weaker_parameters_is_replaced() -> None:
    stronger = PasswordHasher(Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1))
    fits, newer = stronger.verify("trombone gravel", QUICK_HASHER.hash("trombone gravel"))
    assert fits
    assert newer is not None
    assert stronger.verify("trombone gravel", newer) == (True, None)
