"""Building blocks of HTML."""

from html import escape


def element(name: str, content: str, **attributes: str) -> str:
    """An element around content that is HTML already; attribute values are escaped here.

    A trailing underscore is dropped from attribute names, so that `class_` can be written.
    """
    written = "".join(
        f' {key.rstrip("_")}="{escape(value)}"' for key, value in sorted(attributes.items())
    )
    return f"<{name}{written}>{content}</{name}>"


def layout(title: str, *parts: str) -> str:
    """A whole document; `parts` are HTML already."""
    head = f'<meta charset="utf-8"><title>{escape(title)} - Mosaic</title>'
    return f"<!doctype html><html><head>{head}</head><body>{''.join(parts)}</body></html>"
