"""MS-SEC-005: Markdown links lead only to harmless targets."""

import re
from html import unescape

import pytest
from mosaic_web.markdown import inline

ACTIVE = ("javascript:", "data:", "vbscript:")


def targets(html: str) -> list[str]:
    return [unescape(target) for target in re.findall(r'href="([^"]*)"', html)]


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert",
        "JaVaScRiPt:alert",
        "\x01javascript:alert",
        "\x00\x1fjavascript:alert",
        "data:text/html,hello",
        "vbscript:msgbox",
    ],
)
def test_an_active_target_never_becomes_a_link(target: str) -> None:
    stripped = [re.sub(r"[\x00-\x20]", "", found) for found in targets(inline(f"[x]({target})"))]
    assert not [found for found in stripped if found.lower().startswith(ACTIVE)]


@pytest.mark.parametrize(
    "target", ["https://example.org/?a=1&b=2", "http://example.org", "mailto:a@b.org", "/tiles"]
)
def test_a_harmless_target_still_does(target: str) -> None:
    assert targets(inline(f"see [this]({target})")) == [target]
