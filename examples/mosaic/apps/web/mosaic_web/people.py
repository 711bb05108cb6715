"""How people appear on a page."""

from mosaic_web.backend import Person


def initials(person: Person) -> str:
    """At most two capital letters that stand for a person."""
    return "".join(word[0] for word in person.name.split()[:2]).upper()


def avatar(person: Person) -> str:
    """A round badge with the initials; the full name shows when pointed at."""
    return f'<span class="avatar" title="{person.name}">{initials(person)}</span>'


def greeting(person: Person) -> str:
    """The line at the top of the dashboard."""
    return f'<p class="greeting">{avatar(person)} Signed in as <b>{person.name}</b></p>'
