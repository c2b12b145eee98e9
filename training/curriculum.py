"""The curriculum: copying first, then facts, then length.

Copying is what unlocks everything else: without segments that occur twice, a
model of this size learned no retrieval at all in several million tokens.
Stages are counted in tokens, so the schedule is the same after a resume.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from data import Recipe


@dataclass(frozen=True)
class Form:
    """Batches of `rows` rows of `length` tokens; `share` of a stage's batches."""

    share: float
    length: int
    rows: int
    recipe: Recipe


@dataclass(frozen=True)
class Stage:
    """Train on batches of these forms until `until` tokens were seen."""

    until: float
    forms: list[Form]


DENSE = Recipe(sizes=(96, 256), copy=0.25, prose=0.02, chain=0.06, passkey=0.03,
               density=(0.6, 1.0), absent=0.1, jumps=0.3)
MIDDLE = replace(DENSE, sizes=(160, 1024), copy=0.08, chain=0.08, prose=0.05,
                 density=(0.2, 1.0), absent=0.12, jumps=0.5)
LONG = replace(MIDDLE, sizes=(2176, 2176), exact=1792, copy=0.0, prose=0.0, chain=0.04,
               passkey=0.03, density=(0.3, 0.9), absent=0.2, most_turns=14)

STAGES = [
    Stage(1.0e6, [Form(1, 256, 16, DENSE)]),
    Stage(2.2e6, [Form(1, 512, 8, replace(DENSE, sizes=(128, 512), copy=0.15, chain=0.08,
                                          prose=0.04, density=(0.4, 1.0), jumps=0.5))]),
    Stage(2.7e6, [Form(1, 1024, 4, MIDDLE)]),
    Stage(30e6, [Form(0.35, 2176, 2, LONG),
                 Form(0.65, 1024, 4, replace(MIDDLE, sizes=(160, 800), chain=0.04, copy=0.02,
                                             prose=0.04, density=(0.4, 1.0), absent=0.2))]),
]


def form_at(tokens: float, rng: Random) -> Form:
    """The form of the next batch."""
    forms = next((s for s in STAGES if tokens < s.until), STAGES[-1]).forms
    return rng.choices(forms, [f.share for f in forms])[0]


def rate_at(tokens: float, warm: float, cool: float, end: float) -> float:
    """Factor of the learning rates: a short warm-up, flat, then linear to a twentieth."""
    if tokens < warm:
        return (tokens + 1) / warm
    if tokens < cool:
        return 1.0
    return max(0.05, 1.0 - 0.95 * (tokens - cool) / (end - cool))
