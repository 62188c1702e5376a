"""A lock in Parameter Store, so that only one run changes an environment at a time (docs/adr/0035)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError, code
from deploy.lock_holder import LIFE_SECONDS, Holder

_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Held:
    """The lock as it is. Both times are those of AWS, so it does not matter whether the clocks of machines agree."""

    holder: Holder | None
    seconds_since_renewal: float

    @property
    def why_dead(self) -> str:
        """Why nobody holds it any more; empty if somebody does."""
        if self.holder is None:
            return ""
        if self.holder.has_ended():
            return "its process has ended"
        if self.seconds_since_renewal > self.holder.life_seconds:
            return f"it was not renewed for {self.seconds_since_renewal:.0f} s"
        return ""


@dataclass(slots=True)
class Lock:
    """The lock of one environment."""

    ssm: Any
    prefix: str
    say: Callable[[str], None]
    _held: Holder | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """The parameter."""
        return f"{self.prefix}/deploy/lock"

    @contextmanager
    def hold(self, who: str, command: str) -> Iterator[None]:
        """Hold the lock until the block ends. Raises `DeployError` if another run holds it."""
        self._held = Holder.this_run(who, command)
        self._acquire(self._held)
        ended = threading.Event()
        renewing = threading.Thread(target=self._keep_renewing, args=(self._held, ended), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            with suppress(BotoCoreError, ClientError):  # it ends by itself, and this is no reason to fail
                if self._is_of(self._held):
                    self.ssm.delete_parameter(Name=self.name)

    def check(self) -> None:
        """Raise `DeployError` unless this run still holds the lock. To be called before each change."""
        if self._held and not self._is_of(self._held):
            raise DeployError(
                "This run does not hold the lock of the environment any more, so it changes nothing more.",
                f"It may have been suspended, and another run took the lock over: {self._describe(self.read())}.",
            )

    def read(self) -> Held | None:
        """Return who holds the lock, if anybody does."""
        try:
            response = self.ssm.get_parameter(Name=self.name)
        except ClientError as error:
            if code(error) == "ParameterNotFound":
                return None
            raise
        now = parsedate_to_datetime(response["ResponseMetadata"]["HTTPHeaders"]["date"])
        parameter = response["Parameter"]
        age = (now - parameter["LastModifiedDate"]).total_seconds()
        return Held(Holder.parse(parameter["Value"]), max(0.0, age))

    def _acquire(self, holder: Holder) -> None:
        for _ in range(_ATTEMPTS):
            if self._put(self.name, holder.text()):
                return
            held = self.read()
            if held and held.why_dead and held.holder and self._take_over(held.holder, holder):
                self.say(f"The lock of {held.holder} is taken over: {held.why_dead}.")
                return
            if held and not held.why_dead:
                break
        raise DeployError(
            f"Nothing was changed, because another run changes this environment: {self._describe(self.read())}.",
            f"Wait until it ends. If it was killed on another machine, its lock expires {LIFE_SECONDS} s after it was "
            f"renewed last. If you are sure that nobody holds it: aws ssm delete-parameter --name {self.name}",
        )

    def _take_over(self, dead: Holder, holder: Holder) -> bool:
        """Replace a dead lock. Of several runs that try, one succeeds: only one can create the claim."""
        claim = f"{self.name}-of-{dead.id}"
        if not self._put(claim, holder.text()):
            raise DeployError(
                f"Nothing was changed, because another run is taking over the lock of {dead}.",
                f"Run the same command again. If that does not help: aws ssm delete-parameter --name {claim}",
            )
        try:
            is_unchanged = self._is_of(dead)
            if is_unchanged:
                self.ssm.put_parameter(Name=self.name, Value=holder.text(), Type="String", Overwrite=True)
            return is_unchanged
        finally:
            self.ssm.delete_parameter(Name=claim)

    def _keep_renewing(self, holder: Holder, ended: threading.Event) -> None:
        """Renew the lock until the run ends, or until somebody else has it. `check` reports that."""
        while not ended.wait(LIFE_SECONDS / 4):
            with suppress(BotoCoreError, ClientError):  # the next attempt is in time
                if not self._is_of(holder):
                    return
                self.ssm.put_parameter(Name=self.name, Value=holder.text(), Type="String", Overwrite=True)

    def _is_of(self, holder: Holder) -> bool:
        held = self.read()
        return held is not None and held.holder is not None and held.holder.id == holder.id

    def _put(self, name: str, text: str) -> bool:
        """Create a parameter, and return whether there was none."""
        try:
            self.ssm.put_parameter(Name=name, Value=text, Type="String", Overwrite=False)
        except ClientError as error:
            if code(error) != "ParameterAlreadyExists":
                raise
            return False
        return True

    def _describe(self, held: Held | None) -> str:
        if held is None:
            return "its lock has just been released"
        return str(held.holder or f"{self.name} has a text that this command did not write")
