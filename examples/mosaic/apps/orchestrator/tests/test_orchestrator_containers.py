from mosaic_orchestrator.containers import Limits, run_arguments
from mosaic_orchestrator.jobs import Job

JOB = Job("nightly", "mosaic/report:4", ("report", "--all"))


def test_image_and_command_come_last() -> None:
    assert run_arguments(JOB)[-3:] == ["mosaic/report:4", "report", "--all"]


def test_a_second_attempt_gets_a_container_of_its_own() -> None:
    first = JOB.started()
    second = first.failed("").queued_again().started()
    assert "--name=mosaic-nightly-1" in run_arguments(first)
    assert "--name=mosaic-nightly-2" in run_arguments(second)


def test_limits_become_flags() -> None:
    arguments = run_arguments(JOB, Limits(memory_mib=64, cpus=0.5, processes=16))
    assert {"--memory=64m", "--cpus=0.5", "--pids-limit=16"} <= set(arguments)
