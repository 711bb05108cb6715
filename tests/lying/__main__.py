"""Write the table of lies into docs/security.md."""

from tests.lying.table import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
