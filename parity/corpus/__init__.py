"""What is played: a scripted story, and random sequences, the same ones for the same seed."""

from parity.calls import CallSequence
from parity.corpus.dressing import dressed
from parity.corpus.sequences import random_sequences
from parity.corpus.story import story


def corpus(seed: int, sequences: int) -> list[CallSequence]:
    """The story, and so many random sequences. Every other sequence is for a world that believes no proxy."""
    told = [story(), *random_sequences(seed, sequences)]
    names = ["story", *(f"seed-{seed}-{number}" for number in range(1, sequences + 1))]
    return [
        dressed(name, calls, (number + 1) % 2) for number, (name, calls) in enumerate(zip(names, told, strict=True))
    ]
