"""Passwords: which are accepted (NIST SP 800-63B, section 3.1.1), and how they are kept (argon2id).

Length and a list of bad choices count; no composition rules, no expiry, any character, Unicode in form NFKC.
"""

import re
import unicodedata

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from linkbridge.kernel.errors import InvalidInput

SHORTEST = 12
LONGEST = 256
_FEWEST_DISTINCT = 5
_LEET = str.maketrans("013457@$!", "oleastasi")
_COMMON_WORDS = """
abc abcd abcdef abcdefgh admin administrator asdf asdfgh asdfghjkl azerty azertyuiop baseball bienvenida bienvenido
bienvenue bonjour change changeit changeme clave contrasena contraseña default dragon enter football geheim guest hello
hola iloveyou interpreter invitado it letmein linkbridge login master me migracion migration monkey motdepasse my panama
pass passphrase password passw princess qazwsx qwer qwerty qwertyuiop secret secreto segredo senha shadow soleil
sunshine superman temporal temporary test teste tequiero the usuario user wachtwoord welcome welkom word your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "01234567890123456789",
)


def normalise_password(password: str) -> str:
    """Return the form in which a password is hashed, so that every keyboard types the same one (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, about: tuple[str, ...] = (), field: str = "password") -> None:
    """Return if the password may be used.

    ``about`` holds words that make it guessable, such as the account's name and address.

    Raises:
        InvalidInput: ``problem`` in ``params`` is ``short``, ``long`` or ``guessable``.
    """
    normal = normalise_password(password)
    if len(normal) < SHORTEST:
        raise InvalidInput(
            f"a password has at least {SHORTEST} characters", field=field, problem="short", shortest=SHORTEST
        )
    if len(normal) > LONGEST:
        raise InvalidInput(f"a password has at most {LONGEST} characters", field=field, problem="long", longest=LONGEST)
    if _is_guessable(normal.casefold(), about):
        raise InvalidInput("this password is easy to guess", field=field, problem="guessable")


def _is_guessable(password: str, about: tuple[str, ...]) -> bool:
    if len(set(password)) < _FEWEST_DISTINCT or _is_repetition(password):
        return True
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    letters = re.sub(r"[\W\d_]+", "", core.translate(_LEET))
    plain = re.sub(r"[\W\d_]+", "", password)
    if any(_is_made_of(word, _COMMON) for word in (letters, plain)):
        return True
    if any(
        run in row or run in row[::-1] for row in _ROWS for run in (plain, re.sub(r"\D", "", password)) if len(run) > 7
    ):
        return True
    words = {part for text in about for part in re.split(r"[\W_]+", text.casefold()) if len(part) > 3}
    left = password
    for word in words:
        left = left.replace(word, "")
    return len(left) < SHORTEST // 2


def _is_repetition(password: str) -> bool:
    """Whether the password is a short piece repeated, which ``aa`` shifted by one still matches."""
    return (password + password).find(password, 1) < len(password)


def _is_made_of(letters: str, words: frozenset[str]) -> bool:
    """Whether ``letters`` is nothing but words of the list, one after the other."""
    if not letters:
        return True
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[start:end] in words for start in reached):
            reached.add(end)
    return len(letters) in reached


class PasswordHasher:
    """Hashes with argon2id. An unknown account costs the same work as a known one."""

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hash = PasswordHash((hasher or Argon2Hasher(),))
        self._nobody = self._hash.hash("a password that nobody has")

    def hash(self, password: str) -> str:
        """Return the hash to keep of a password that was checked before."""
        return self._hash.hash(normalise_password(password))

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Return whether the password fits, and a new hash where the kept one was made with weaker parameters."""
        normal = normalise_password(password[: LONGEST * 2])
        fits, newer = self._hash.verify_and_update(normal, kept or self._nobody)
        return (fits, newer) if kept else (False, None)
