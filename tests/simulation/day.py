"""A day of two machines and two people, from a seed; then a calm evening, in which all is finished."""

from dataclasses import dataclass, field, replace

from tasks_lib.backlog.model import ItemId
from tests.simulation.machine import Machine
from tests.simulation.people import Person, unlock
from tests.simulation.remote import INTEGRATION, MAIN, Remote, commit
from tests.simulation.run import Parts, Run
from tests.simulation.text import first_text, soundly
from tests.simulation.world import IDLE, Outage, Steps, World

DAY = 1500.0
_EVENING_RUNS = 12


@dataclass
class Day:
    """Everything that there is in one history; ``runs`` in the order in which they began."""

    seed: int
    parts: Parts = field(default_factory=Parts)
    runs: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.seed)
        self.remote = Remote()
        base = commit((), "Begin", 0.0, text=first_text(self.world.random))
        self.remote.add(base)
        self.remote.refs |= {MAIN: base.sha, INTEGRATION: base.sha}
        self.machines = [self._machine(name) for name in ("castor", "pollux")]

    def _machine(self, name: str) -> Machine:
        random = self.world.random
        return Machine(self.world, name, wall=random.uniform(-600, 600), boot=-random.uniform(0, 1e6))

    def pass_by(self) -> None:
        """Let the day and the evening pass."""
        world = self.world
        for machine in self.machines:
            world.start(machine.name, self._starts(machine))
            world.start("chance", self._misfortunes(machine))
        for name in ("ann", "bob"):
            world.start(name, Person(world, self.remote, name, DAY).thread())
        world.run()
        world.strain = 0.0
        world.away = [replace(outage, end=min(outage.end, world.now)) for outage in world.away]
        world.start("evening", self._evening())
        world.run()

    def _starts(self, machine: Machine) -> Steps[None]:
        """Start a run whenever the one before is over, and sometimes although it is not."""
        random = self.world.random
        while self.world.now < DAY:
            yield IDLE, random.choice((5, 40, 120))
            run = self._begin(machine)
            if run and random.random() < 0.3:
                run.again = self._failed()
            while run and run.process.alive and random.random() < 0.99:
                yield IDLE, 20

    def _begin(self, machine: Machine) -> Run | None:
        """Start a run, if the machine's seat is free."""
        process = machine.take_seat()
        if process is None:
            return None
        run = self.parts.make_run(machine, process, self.remote)
        self.runs.append(run)
        self.world.start(process.name, run.thread(), process)
        return run

    def _failed(self) -> frozenset[ItemId]:
        backlog = soundly(self.remote.commits[self.remote.refs[MAIN]].text or b"")
        return frozenset(item.id for item in backlog or () if not item.done)

    def _misfortunes(self, machine: Machine) -> Steps[None]:
        """Let something happen now and then."""
        world, random = self.world, self.world.random
        while world.now < DAY:
            yield IDLE, random.uniform(30, 400)
            if not world.likely(0.5):
                continue
            kind = random.choice(("away", "cut off", "cut off", "clock", "clock", "stop", "reboot", "unlock"))
            if kind in {"away", "cut off"}:
                end = world.now + random.choice((10, 70, 400, 700))
                world.away.append(Outage(world.now, end, machine.name if kind == "cut off" else ""))
            elif kind == "clock":
                machine.wall += random.uniform(-300, 300)
            elif kind == "reboot":
                machine.reboot()
            elif kind == "unlock":
                unlock(world, self.remote)
            elif machine.seat and machine.seat.alive:
                world.stop(machine.seat)
            world.say("chance", f"{kind} ({machine.name})")

    def _evening(self) -> Steps[None]:
        """Reopen what failed and start runs, one after the other, until one has nothing left to do."""
        machine = self.world.random.choice(self.machines)
        for _ in range(_EVENING_RUNS):
            yield from Person(self.world, self.remote, "ann", DAY).reopen_all()
            yield IDLE, 60
            run = self._begin(machine)
            if run is None:
                continue
            run.calm = True
            while run.process.alive:
                yield IDLE, 20
            if run.ending == "finished" and not run.outcomes:
                return
