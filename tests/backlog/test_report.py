"""Problems for people, for programs and for the pages of a git host."""

from tasks_lib.backlog import as_annotations, as_records, as_text, counted, lint_backlog
from tasks_lib.errors import Problem, Severity

BAD = Problem(3, 7, "bad-status", "'x' is no status", "write done")
ODD = Problem(9, 1, "empty-row", "50% empty\nor more", severity=Severity.WARNING)


def test_text_is_what_compilers_write() -> None:
    """One line per problem, and a line that counts."""
    assert as_text([BAD, BAD, ODD], "docs/tasks.md").splitlines() == [
        "docs/tasks.md:3:7: error [bad-status] 'x' is no status (write done)",
        "docs/tasks.md:3:7: error [bad-status] 'x' is no status (write done)",
        "docs/tasks.md:9:1: warning [empty-row] 50% empty",
        "or more",
        "docs/tasks.md: 2 errors, 1 warning",
    ]
    assert counted([]) == "no problems"


def test_records_are_plain_data() -> None:
    """The keys are stable, and the values go into JSON as they are."""
    assert as_records([BAD], "t.md") == [
        {
            "file": "t.md",
            "line": 3,
            "column": 7,
            "severity": "error",
            "code": "bad-status",
            "message": "'x' is no status",
            "hint": "write done",
        },
    ]


def test_annotations_escape_what_a_host_would_misread() -> None:
    """A message stays on one line, and a path cannot end its property."""
    assert as_annotations([BAD, ODD], "a,b:c.md").splitlines() == [
        "::error file=a%2Cb%3Ac.md,line=3,col=7,title=bad-status::'x' is no status (write done)",
        "::warning file=a%2Cb%3Ac.md,line=9,col=1,title=empty-row::50%25 empty%0Aor more",
    ]


def test_cycles_come_last_and_the_shortest_first() -> None:
    """All other problems are in file order; data has cycles and cuts whole."""
    ring = [(f"B-{n}", f"B-{n % 30 + 1}") for n in range(1, 31)]
    rows = [*ring, ("C-1", "C-2"), ("C-2", "C-1"), ("D-1", "X-1")]
    text = "| id | status | depends_on |\n|---|---|---|\n"
    text += "".join(f"| {name} | todo | {need} |\n" for name, need in rows)
    problems = lint_backlog(text.encode())
    assert [(problem.code, problem.line) for problem in problems] == [
        ("unknown-dependency", 35),
        ("cycle", 33),
        ("cycle", 3),
    ]
    long = as_records(problems, "t.md")[2]
    assert long["cycle"] == [name for name, _ in ring]
    assert (long["cuts"], long["fewest"]) == ([{"id": "B-1", "depends_on": "B-2"}], True)
    assert "…" in problems[2].message
