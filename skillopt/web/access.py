"""Who may come in: a token or a password, swapped for a session; guesses are counted."""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from skillopt.errors import SkilloptError

TOKEN_BYTES = 32
WINDOW = 60.0
"""Seconds over which wrong tokens are counted."""
MOST_WRONG = 10
"""Wrong tokens of one address in that time; after them no token of it is looked at."""
MOST_WRONG_OF_ALL = 100
"""Wrong tokens of all addresses together in that time."""
MOST_SESSIONS = 1_000
"""Sessions that are kept; beyond them the oldest ends."""
LIFETIME = 7 * 24 * 3600.0
"""Seconds after which a session ends."""


class WrongToken(SkilloptError):  # noqa: N818 - it names an event
    """Neither the token nor the password."""


class TooManyGuesses(SkilloptError):  # noqa: N818
    """Too many wrong tokens: nothing is compared until ``seconds`` are over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds))
        super().__init__(f"too many wrong tokens; try again in {self.seconds} seconds")


@dataclass(frozen=True)
class Session:
    """A browser that has come in."""

    key: str
    """What its cookie holds."""
    csrf: str
    """What every form of it sends along."""
    who: str
    """Who decides in it, as the ledger records it."""
    since: float


@dataclass
class Access:
    """The sessions of one server, and the guesses at its token.

    Args:
        who: the person at whose terminal the server runs; the link with the token is theirs.
        clock: seconds, growing.
        token: what the printed link holds.
        password: what may be typed instead, with a name; None where there is none.
    """

    who: str
    clock: Callable[[], float]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES), repr=False)
    password: str | None = field(default=None, repr=False)
    _sessions: OrderedDict[str, Session] = field(default_factory=OrderedDict, repr=False)
    _wrong: deque[tuple[float, str]] = field(default_factory=deque, repr=False)

    def sign_in(self, given: str, *, address: str, name: str = "") -> Session:
        """A session for one who has the token or the password.

        Args:
            given: token or password.
            address: of the client; guesses are counted by it.
            name: who it is, where it is not the person at the server's terminal.

        Raises:
            WrongToken: it is neither.
            TooManyGuesses: there were too many wrong ones before it.
        """
        now = self.clock()
        self._may_guess(address, now)
        if not self._is_right(given):
            self._wrong.append((now, address))
            raise WrongToken("wrong token or password")
        keys = (secrets.token_urlsafe(TOKEN_BYTES) for _ in range(2))
        session = Session(next(keys), next(keys), who=name or self.who, since=now)
        self._sessions[session.key] = session
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session

    def session(self, key: str | None) -> Session | None:
        """The session of a cookie; None where it has ended, or never was."""
        found = self._sessions.get(key or "")
        if found is not None and self.clock() - found.since > LIFETIME:
            del self._sessions[found.key]
            return None
        return found

    def sign_out(self, key: str) -> None:
        """End a session."""
        self._sessions.pop(key, None)

    def _is_right(self, given: str) -> bool:
        """Whether it is the token or the password; both are compared, in constant time."""
        attempt = given.encode("utf-8", "surrogatepass")
        right = [self.token, *([] if self.password is None else [self.password])]
        found = [secrets.compare_digest(attempt, one.encode()) for one in right]
        return any(found)

    def _may_guess(self, address: str, now: float) -> None:
        while self._wrong and self._wrong[0][0] <= now - WINDOW:
            self._wrong.popleft()
        own = [when for when, theirs in self._wrong if theirs == address]
        if len(own) >= MOST_WRONG:
            raise TooManyGuesses(own[-MOST_WRONG] + WINDOW - now)
        if len(self._wrong) >= MOST_WRONG_OF_ALL:
            raise TooManyGuesses(self._wrong[0][0] + WINDOW - now)


def is_session_of(session: Session, csrf: str) -> bool:
    """Whether a form was made for this session, compared in constant time."""
    return secrets.compare_digest(session.csrf.encode(), csrf.encode("utf-8", "surrogatepass"))
