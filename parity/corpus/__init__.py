"""What is played: scripted scenarios, and random sequences, the same ones for the same seed."""

from dataclasses import replace

from parity.calls import CallSequence
from parity.corpus.building import with_usual_headers
from parity.corpus.scenarios import scenarios


def authenticated() -> CallSequence:
    """Return the scenario of a service with authentication."""
    # Needs cryptography, which comparing live services does not.
    from parity.corpus.scenarios.authentication import authentication  # noqa: PLC0415
    from parity.corpus.tokens import SETTINGS  # noqa: PLC0415

    return replace(with_usual_headers("authentication", authentication(), 1), settings=SETTINGS)


def corpus(seed: int, sequences: int) -> list[CallSequence]:
    """Return the scenarios and so many random sequences. Every other one is for an app that trusts no proxy."""
    played = [scenarios()]
    if sequences:  # the images have no Hypothesis, and play none
        from parity.corpus.sequences import random_sequences  # noqa: PLC0415

        played += random_sequences(seed, sequences)
    names = ["scenarios", *(f"seed-{seed}-{number}" for number in range(1, sequences + 1))]
    numbered = enumerate(zip(names, played, strict=True))
    return [with_usual_headers(name, calls, (number + 1) % 2) for number, (name, calls) in numbered]
