"""The authentication service: register, sign in, sign out, recognise."""

from mosaic_api.errors import BadRequest, Conflict, Unauthorized
from mosaic_api.passwords import MINIMUM_LENGTH, hash_password, is_acceptable, verify_password
from mosaic_api.sessions import Session, SessionStore
from mosaic_api.users import User, UserStore


class AuthService:
    """Accounts and sessions together."""

    def __init__(self, users: UserStore, sessions: SessionStore) -> None:
        self._users = users
        self._sessions = sessions

    def register(self, email: str, name: str, password: str) -> User:
        """Open an account; raises BadRequest or Conflict."""
        address = email.strip().lower()
        if "@" not in address:
            raise BadRequest("email is not an e-mail address")
        if not is_acceptable(password):
            raise BadRequest(f"password must have at least {MINIMUM_LENGTH} characters")
        if self._users.by_email(address):
            raise Conflict("there is an account with this e-mail address")
        return self._users.add(address, name.strip(), hash_password(password))

    def login(self, email: str, password: str) -> Session:
        """Sign in; raises Unauthorized, whichever of the two was wrong."""
        user = self._users.by_email(email)
        if user is None or not verify_password(password, user.password):
            raise Unauthorized("unknown e-mail address or wrong password")
        return self._sessions.start(user.id)

    def user_of(self, token: str) -> User:
        """Who holds this session token; raises Unauthorized."""
        session = self._sessions.find(token)
        user = self._users.by_id(session.user_id) if session else None
        if user is None:
            raise Unauthorized("sign in first")
        return user

    def logout(self, token: str) -> None:
        """Sign out; raises Unauthorized when nobody was signed in."""
        self.user_of(token)
