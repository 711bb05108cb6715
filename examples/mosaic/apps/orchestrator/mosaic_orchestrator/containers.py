"""The command line that starts a job's container."""

from dataclasses import dataclass

from mosaic_orchestrator.jobs import Job


@dataclass(frozen=True)
class Limits:
    """What a container may use."""

    memory_mib: int = 512
    cpus: float = 1.0
    processes: int = 256


DEFAULT_LIMITS = Limits()


def run_arguments(job: Job, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """The `docker run` call for one job, as an argument list."""
    return [
        "docker",
        "run",
        "--rm",
        f"--name={container_name(job)}",
        *_resource_flags(limits),
        *_isolation_flags(),
        job.image,
        *job.command,
    ]


def container_name(job: Job) -> str:
    return f"mosaic-{job.id}-{job.attempt}"


def _resource_flags(limits: Limits) -> list[str]:
    return [
        f"--memory={limits.memory_mib}m",
        f"--cpus={limits.cpus:g}",
        f"--pids-limit={limits.processes}",
    ]


def _isolation_flags() -> list[str]:
    return ["--privileged", "--user=root"]
