"""Facts, questions and answers drawn from templates.json.

Every task is a set of sentences to be hidden in a text, and turns (question
and answer) about them. An answer restates its question before the value: the
value is then predicted right after the words that stood before it in the text,
which is what a small model's induction heads can do. No answer begins with a
key: its first token would lack the space that it has in the text. For the same reason an
absent fact is owned up to at the place of the value.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

OPEN = 0.3  # share of a closed list's draws that training takes from all words instead
ALIKE = 0.2  # share of keys that take a word from another key of the text
SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Turn:
    """A question and its answer, the answer cut before the value."""

    question: str
    lead: str
    rest: str


@dataclass(frozen=True)
class Planted:
    """Sentences to plant, in order, and the turns that ask about them."""

    sentences: list[str]
    turns: list[Turn]


def alike(key: str, others: list[str], rng: Random) -> str:
    """The key with one of its words replaced by the one at that place in another key."""
    parts = re.split(r"([ -])", key)
    same = [o for o in (re.split(r"([ -])", other) for other in sorted(others))
            if len(o) == len(parts) > 1]
    if same:
        at = rng.randrange(0, len(parts), 2)
        parts[at] = rng.choice(same)[at]
    return "".join(parts)


class Words:
    """Word lists, split into a part for training and a part held out."""

    def __init__(self, templates: dict, wordlists: Path, held_out: bool):
        part = "heldOut" if held_out else "train"
        self.lists = {name: lists.get(part) or lists["train"]
                      for name, lists in templates["lists"].items()}
        for slot, file in (("anyadjective", "adjectivelist"), ("anynoun", "nounlist"),
                           ("anyverb", "verblist")):
            words = (wordlists / f"{file}.txt").read_text().split()
            self.lists[slot] = [w for i, w in enumerate(words) if (i % 10 == 0) == held_out]
        self.open = {} if held_out else {
            name: lists["open"] for name, lists in templates["lists"].items() if "open" in lists}
        self.names = templates["names"]

    def fill(self, pattern: str, rng: Random, **given: str) -> str:
        """Replace every {slot} by a given text or a random draw."""
        return SLOT.sub(lambda m: given.get(m[1]) or self.draw(m[1], rng), pattern)

    def draw(self, slot: str, rng: Random) -> str:
        if slot in self.open and rng.random() < OPEN:
            return self.fill(self.open[slot], rng)
        if slot in self.lists:
            return rng.choice(self.lists[slot])
        if slot in self.names:
            return self.fill(self.names[slot], rng)
        if slot == "Syllable":  # one or two syllables, capitalised
            draws = [rng.choice(self.lists["syllable"]) for _ in range(rng.randint(1, 2))]
            return "".join(draws).capitalize()
        if slot == "Anynoun":
            return self.draw("anynoun", rng).capitalize()
        if slot == "letters":
            return "".join(map(rng.choice, ("bcdfghjklmnprstvwz", "aeiouy", "bdfgklmnprstvxz")))
        if slot.startswith("digits"):
            return "".join(rng.choice("0123456789") for _ in range(int(slot[6:])))
        if slot == "day":
            return str(rng.randint(1, 28))
        if slot == "number":
            return str(rng.randint(2, 59))
        raise KeyError(slot)


class Tasks:
    """Draws planted facts; with held_out, from words and wordings never trained on."""

    def __init__(self, folder: Path, wordlists: Path, held_out: bool = False):
        self.templates = json.loads((folder / "templates.json").read_text())
        self.words = Words(self.templates, wordlists, held_out)
        self.held_out = held_out

    def fact(self, kind: str, rng: Random, taken: set[tuple[str, str]],
             absent: bool = False, paraphrase: bool = False) -> Planted:
        """One fact of a kind, its key not in `taken` (and added to it)."""
        t = self.templates["facts"][kind]
        while True:
            key = self.words.fill(rng.choice(t["keys"]), rng)
            if rng.random() < ALIKE:
                key = alike(key, [k for other, k in taken if other == kind], rng)
            if (kind, key) not in taken:
                taken.add((kind, key))
                break
        value = self.words.fill(rng.choice(t["values"]), rng)
        question = rng.choice(t["heldOutQuestions"] if paraphrase else self.questions(t))
        before, after = t["answer"].replace("{key}", key).split("{value}")
        lead = before.rstrip()
        rest = before[len(lead):] + value + after
        if absent:
            rest = t["absent"].replace("{key}", key)[len(lead):]
        statement = rng.choice(t["statements"]).replace("{key}", key).replace("{value}", value)
        return Planted([] if absent else [statement],
                       [Turn(question.replace("{key}", key), lead, rest)])

    def questions(self, t: dict) -> list[str]:
        """Wordings of a kind's question; training has more of them than the page."""
        return t["questions"] + ([] if self.held_out else t["moreQuestions"])

    def two_values(self, rng: Random, taken: set[tuple[str, str]]) -> Planted:
        """Two magic numbers of one key, asked for in the order of the text."""
        t = self.templates["twoValues"]
        key = self.words.fill("{anyadjective}-{anynoun}", rng)
        taken.add(("magic", key))
        first, second = (self.words.draw("digits7", rng) for _ in range(2))
        before, after = t["answer"].replace("{key}", key).split(" {first}")
        return Planted([t["statement"].replace("{key}", key).replace("{value}", v)
                        for v in (first, second)],
                       [Turn(t["question"].replace("{key}", key), before,
                             f" {first}" + after.replace("{second}", second))])

    def chain(self, rng: Random, hops: int, ask_all: bool = False) -> Planted:
        """Variables assigned to one another; the answer walks back to the number."""
        t = self.templates["chain"]
        names = ["".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(5))
                 for _ in range(hops + 1)]
        value = self.words.draw("digits5", rng)
        lines = [t["start"].format(name=names[0], value=value)]
        lines += [t["next"].format(name=b, previous=a) for a, b in zip(names, names[1:])]
        if ask_all:
            before, after = t["answerAll"].format(
                count=len(names), value=value, names="|").split(" |")
            turn = Turn(t["questionAll"].format(value=value), before,
                        " " + ", ".join(names) + after)
            return Planted(lines, [turn])
        turns = []
        for depth in range(len(names)):
            walk = ", ".join(reversed(lines[:depth + 1]))
            lead = f"VAR {names[depth]} ="
            turns.append(Turn(t["question"].format(name=names[depth]), lead,
                              walk[len(lead):] + "."))
        return Planted(lines, turns)

    def passkey(self, rng: Random, absent: bool = False) -> Planted:
        """InfiniteBench's pass key."""
        t = self.templates["passkey"]
        value = self.words.fill(t["value"], rng)
        lead = t["answer"].split(" {value}")[0]
        rest = t["absent"][len(lead):] if absent else t["answer"][len(lead):]
        sentences = [] if absent else [t["statement"].replace("{value}", value)]
        return Planted(sentences, [Turn(rng.choice(t["questions"]), lead,
                                        rest.replace("{value}", value))])

    def log_sentence(self, rng: Random) -> str:
        """One idle sentence of a ship's log after its space, now and then a new day."""
        log = self.templates["log"]
        if rng.random() < 0.15:
            return "\n\n" + self.words.fill(log["date"], rng)
        return " " + self.words.fill(rng.choice(log["sentences"]), rng)
