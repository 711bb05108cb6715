"""Pull requests for what is done: one for each branch, from the branch into the base branch."""

from dataclasses import replace

from tasks_lib.backlog.model import Item
from tasks_lib.config import RunConfig
from tasks_lib.errors import HostError
from tasks_lib.pages.pull_request import body_of, title_of
from tasks_lib.ports import Outcome, Say, Toolbox
from tasks_lib.vcs.names import item_branch


def with_pull_request(outcome: Outcome, item: Item, config: RunConfig, tools: Toolbox, say: Say) -> Outcome:
    """Return the outcome with the address of the branch's pull request, opened now or before.

    A host that does not open one is worth a remark: the work is pushed, and the item done. Where finished
    items are merged into the base branch itself there is nothing to ask for.
    """
    if config.host.kind == "none" or config.integration_branch == config.base_branch:
        return outcome
    body = body_of(item, outcome, config.tracking_file, tools.label)
    try:
        address = tools.host.open_pull_request(item_branch(item, config), title_of(item), body)
    except HostError as error:
        say(f"{item.id}: done and pushed, but no pull request was opened: {error}")
        return outcome
    say(f"{item.id}: {address}")
    return replace(outcome, pull_request=address)
