"""The forms of the dashboard."""

from mosaic_web.markup import element

TILE_FIELDS = (
    '<input name="title" placeholder="What is it?" required>'
    '<input name="total" type="number" min="0" value="1">'
)


def tile_form() -> str:
    """Asks for a new tile."""
    return form("/tiles", TILE_FIELDS, "Add tile")


def sign_out_form() -> str:
    """A button that ends the session."""
    return form("/logout", "", "Sign out")


def form(action: str, fields: str, button: str) -> str:
    """A form that posts its fields to `action`."""
    submit = element("button", button, type="submit")
    return element("form", fields + submit, action=action, method="post")
