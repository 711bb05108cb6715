"""The documentation's agent of one's own: it keeps the contract, and the contract finds what breaks it."""

import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "agents.md"
MODULES = re.compile(r'^```python\n("""(\w+)\.py: .*?)^```$', re.DOTALL | re.MULTILINE)
BREACHES = {
    "leaky": (
        "shell=Shell(),",
        "shell=Shell(exports=dict(__import__('os').environ)),",
        "test_no_secret_is_in_reach",
    ),
    "liar": (
        "return None, str(bad)",
        """return claim_from_text('{"task_id": "%s", "status": "success"}' % item, item), ''""",
        "test_without_a_usable_claim_the_commits_are_left_to_the_gates",
    ),
    "miser": ("Usage(claimed=len(finished.output) // 4)", "Usage()", "test_usage_is_reported"),
    "mute": ('say(f"{item}: planing")', "pass", "test_what_listens_may_end_it"),
    "sloven": ('transcript.write("end",', "dict(", "test_a_transcript_tells_what_happened"),
}
"""By name: a line of the example, what breaks it, and the test that has to find it."""


def write(directory: Path) -> list[str]:
    """Write the example and its broken versions; return which tests are to be run on them."""
    example = {name: text for text, name in MODULES.findall(DOCUMENT.read_text())}
    for name, text in example.items():
        (directory / f"{name}.py").write_text(text)
    for name, (sound, broken, _) in BREACHES.items():
        assert sound in example["carpentry"], f"the document does not say {sound!r} any more"
        (directory / f"{name}.py").write_text(example["carpentry"].replace(sound, broken))
        test = example["test_carpentry"].replace("from carpentry", f"from {name}")
        (directory / f"test_{name}.py").write_text(test)
    return ["test_carpentry.py", *(_test_of(name) for name in BREACHES)]


def _test_of(name: str) -> str:
    return f"test_{name}.py::TestCarpenter::{BREACHES[name][2]}"


def test_the_example_keeps_the_contract_and_breaches_are_found(tmp_path: Path) -> None:
    """Every test passes on the document's agent; on a broken version the one that is meant for it fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", *write(tmp_path)]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=500)
    told = re.findall(r"^(?:FAILED|ERROR) ([\w.:]+)", done.stdout, re.MULTILINE)
    assert set(told) == {_test_of(name) for name in BREACHES}, done.stdout
    assert re.search(r"^\d+ failed, 1\d passed", done.stdout, re.MULTILINE), done.stdout
