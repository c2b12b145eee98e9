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


DENSE = Recipe(sizes=(96, 256), copy=0.1, records=0.25, prose=0.02, chain=0.06, passkey=0.02,
               density=(0.6, 1.0), absent=0.1, jumps=0.3, holes=0.3)
SHORT = replace(DENSE, sizes=(128, 512), copy=0.03, records=0.08, prose=0.04, chain=0.05,
                density=(0.4, 1.0), absent=0.15, jumps=0.5)
MIDDLE = replace(SHORT, sizes=(160, 1024), copy=0.02, records=0.04, prose=0.06,
                 density=(0.2, 1.0))
LAST = dict(copy=0.02, records=0.03, prose=0.13, chain=0.04, passkey=0.04)
ONWARD = dict(copy=0.01, records=0.08, prose=0.13, chain=0.04, passkey=0.03, absent=0.25)
LONG = replace(MIDDLE, sizes=(2176, 2176), exact=1792, copy=0.0, records=0.0, prose=0.0, chain=0.03,
               passkey=0.03, density=(0.3, 0.9), absent=0.2, most_turns=14)
WHOLE = replace(LONG, sizes=(2304, 2304), exact=1984, density=(0.15, 0.8), absent=0.25)
WIDE = dict(published=0.25, talk=0.08)

STAGES = [
    Stage(1.2e6, [Form(1, 256, 16, DENSE)]),
    Stage(2.8e6, [Form(0.6, 512, 8, SHORT), Form(0.4, 256, 16, DENSE)]),
    Stage(5.3e6, [Form(0.12, 2176, 2, LONG), Form(0.33, 1024, 4, MIDDLE), Form(0.55, 512, 8, SHORT)]),
    Stage(7.2e6, [Form(0.15, 2176, 2, LONG), Form(0.35, 1024, 4, replace(MIDDLE, **LAST)),
                  Form(0.5, 512, 8, replace(SHORT, **LAST))]),
    Stage(16.52e6, [Form(0.25, 2176, 2, LONG), Form(0.4, 1024, 4, replace(MIDDLE, **ONWARD)),
                    Form(0.35, 512, 8, replace(SHORT, **ONWARD))]),
    Stage(26.7e6, [Form(0.35, 2304, 2, WHOLE), Form(0.35, 1024, 4, replace(MIDDLE, **ONWARD)),
                   Form(0.3, 512, 8, replace(SHORT, **ONWARD))]),
    Stage(38.1e6, [Form(0.5, 2304, 2, replace(WHOLE, absent=0.35)),
                   Form(0.3, 1024, 4, replace(MIDDLE, **ONWARD)),
                   Form(0.2, 512, 8, replace(SHORT, **ONWARD))]),
    # large batches, for a GPU; from here on prose is a matter of repeating books
    Stage(1e12, [Form(0.5, 2560, 14, replace(WHOLE, sizes=(2560, 2560), absent=0.3, most_turns=24,
                                             **WIDE)),
                 Form(0.5, 1024, 36, replace(MIDDLE, sizes=(128, 1024), **ONWARD, **WIDE))]),
]


def form_at(tokens: float, rng: Random) -> Form:
    """The form of the next batch."""
    forms = next((s for s in STAGES if tokens < s.until), STAGES[-1]).forms
    return rng.choices(forms, [f.share for f in forms])[0]


def rate_at(tokens: float, minutes: float, warm: float, cool: float, end: float) -> float:
    """Factor of the learning rates: up over `warm` tokens, flat, down from minute cool to end."""
    if tokens < warm:
        return (tokens + 1) / warm
    if minutes < cool:
        return 1.0
    return max(0.01, 1.0 - 0.99 * (minutes - cool) / (end - cool))
