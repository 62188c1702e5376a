"""What is played: scripted scenarios, and random sequences, the same ones for the same seed."""

from parity.calls import CallSequence
from parity.corpus.building import with_usual_headers
from parity.corpus.scenarios import scenarios
from parity.corpus.sequences import random_sequences


def corpus(seed: int, sequences: int) -> list[CallSequence]:
    """Return the scenarios and so many random sequences. Every other one is for an app that trusts no proxy."""
    played = [scenarios(), *random_sequences(seed, sequences)]
    names = ["scenarios", *(f"seed-{seed}-{number}" for number in range(1, sequences + 1))]
    numbered = enumerate(zip(names, played, strict=True))
    return [with_usual_headers(name, calls, (number + 1) % 2) for number, (name, calls) in numbered]
