"""``tasks-md plan``: the dry run."""

from argparse import ArgumentParser, Namespace

from tasks_lib.cli.files import add_json, add_path, load_backlog, say, say_json
from tasks_lib.cli.stuck import stuck_as_json
from tasks_lib.planning.plan import Plan, make_plan


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``plan`` takes."""
    add_path(parser)
    add_json(parser)


def run(arguments: Namespace) -> int:
    """Print the plan; 0 when everything left can run, 1 when something is stuck."""
    plan = make_plan(load_backlog(arguments))
    if arguments.json:
        say_json(_as_json(plan))
    else:
        say(str(plan))
    return 1 if plan.stuck else 0


def _as_json(plan: Plan) -> dict[str, object]:
    return {
        "phases": [
            {
                "number": phase.number,
                "title": phase.title,
                "done": phase.done,
                "stuck": phase.stuck,
                "waves": phase.layers.waves,
                "estimate": phase.estimate if plan.measured else None,
            }
            for phase in plan.phases
        ],
        "order": plan.order,
        "critical_path": plan.critical_path,
        "critical_estimate": plan.critical_estimate if plan.measured else None,
        "estimate": plan.estimate if plan.measured else None,
        "without_estimate": plan.guessed,
        "parallelism": round(plan.parallelism, 2),
        "widest": plan.widest,
        **stuck_as_json(plan.stuck, plan.mends),
    }
