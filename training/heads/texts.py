"""Texts of several kinds, and questions about them: what retaining heads learn from.

Books and program code are read from folders; records, tables, logs and conversations are made up.
No wording here is that of a benchmark: heads are tested on those.
"""

from __future__ import annotations

import re
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

HELD_OUT = ("carroll-alice", "chesterton-thursday", "austen-emma", "austen-persuasion")  # asked about

FIRST = "Anna Boris Clara David Elena Farid Grete Hugo Ines Jonas Katrin Luis Maria Nikola Olga Pedro Rosa Stefan Teresa Viktor Wanda Yusuf Zora Amara Bilal Chidi Dalia Emeka Fiona Goran Hanna Ivo".split()
LAST = "Abel Brandt Costa Dvorak Eriksen Fischer Garcia Horvat Ivanov Jansen Keller Lindqvist Moreau Novak Okafor Petrov Rossi Santos Tanaka Weber Achebe Bauer Castro Demir Ekdal Farkas Greene Haddad".split()
TOWN = "Alderby Brunnfeld Carrick Dunmore Elsbach Farnley Grimsel Harwick Inverly Jarrow Kelmark Lindow Marstal Norwell Ostend Penrith Quill Rothbury Selby Torvik Ulverston Vestby Wexley Yarm".split()
THING = "lamp ledger compass kettle violin saddle lantern telescope carpet barrel clock engine mirror loom anchor plough map wardrobe printing-press rowing-boat harp anvil".split()
QUALITY = "green brass heavy narrow painted silver broken wooden striped copper velvet rusty tiny borrowed ancient folding".split()
TRADE = "baker surveyor pilot nurse carpenter archivist gardener locksmith teacher glazier weaver chemist judge fisher tailor printer".split()
TOPIC = "harvest bridge ferry orchestra library tunnel lighthouse vineyard railway market theatre quarry windmill observatory".split()


@dataclass(frozen=True)
class Fact:
    statement: str
    question: str
    answer: str


@dataclass
class Text:
    kind: str
    text: str
    facts: list[Fact] = field(default_factory=list)


class Texts:
    """Draws texts; the same random generator gives the same texts. `held_out` takes the other books."""

    def __init__(self, corpus: Path, held_out: bool = False):
        books = [p for p in sorted((corpus / "gutenberg").glob("*.txt"))
                 if (p.stem in HELD_OUT) == held_out]
        if not books:
            raise FileNotFoundError(f"{corpus}/gutenberg holds no books; name the folder in --corpus")
        self.books = [re.sub(r"\n(?=\S)", " ", p.read_text(errors="ignore")) for p in books]
        library = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
        sources = [t for t in (p.read_text(errors="ignore") for p in library) if len(t) > 12_000]
        self.sources = [t for i, t in enumerate(sources) if (i % 8 == 0) == held_out]
        self.kinds = {"prose": 4, "planted": 4, "code": 3, "records": 3, "table": 2, "log": 2,
                      "mapping": 2, "conversation": 3, "minutes": 2}

    def draw(self, r: Random, chars: int, kind: str | None = None) -> Text:
        kind = kind or r.choices(list(self.kinds), self.kinds.values())[0]
        return getattr(self, kind)(r, chars)

    # ── found texts

    def prose(self, r: Random, chars: int) -> Text:
        text = slice_of(r.choice(self.books), chars, r)
        return Text("prose", text, following(r, sentences(text), 6))

    def code(self, r: Random, chars: int) -> Text:
        text = slice_of(r.choice(self.sources), chars, r)
        lines = [line for line in text.split("\n") if len(line.strip()) > 12]
        return Text("code", text, following(r, lines, 6))

    def planted(self, r: Random, chars: int) -> Text:
        """Facts that stand out, or do not, among sentences of a book."""
        parts = sentences(slice_of(r.choice(self.books), chars, r))
        facts = [fact(r) for _ in range(r.randrange(3, 14))]
        for each in facts:
            parts.insert(r.randrange(len(parts) + 1), each.statement)
        return Text("planted", " ".join(parts), facts)

    # ── made-up texts

    def records(self, r: Random, chars: int) -> Text:
        return until(r, chars, "records", lambda: fact(r), "\n")

    def minutes(self, r: Random, chars: int) -> Text:
        """Sentences of one kind after another in a paragraph."""
        make = r.choice(FACTS)
        return until(r, chars, "minutes", lambda: make(r), " ")

    def mapping(self, r: Random, chars: int) -> Text:
        form = r.choice(['"{k}": "{v}",', "{k} = {v}", "{k}: {v}", "<item id='{k}'>{v}</item>", "{k} -> {v}"])
        name = r.choice(["the value of {k}", "the entry {k}", "what {k} is set to"])

        def one() -> Fact:
            key = f"{r.choice(THING)}{r.choice('-_.')}{code_of(r)}"
            value = r.choice([number(r, 6), code_of(r), f"{r.choice(QUALITY)} {r.choice(THING)}"])
            return Fact(form.format(k=key, v=value), f"What is {name.format(k=key)}?", value)

        return until(r, chars, "mapping", one, "\n")

    def table(self, r: Random, chars: int) -> Text:
        bar = r.choice([" | ", "\t", ", ", "; "])
        head = bar.join(["No.", "Name", "Town", "Article", "Price", "Date"])

        def one() -> Fact:
            n, who, town = number(r, 4), person(r), r.choice(TOWN)
            what, price = f"{r.choice(QUALITY)} {r.choice(THING)}", f"{number(r, 3)}.{number(r, 2)}"
            row = bar.join([n, who, town, what, price, date(r)])
            ask = r.choice([(f"Which article stands in row {n}?", what), (f"What is the price in row {n}?", price),
                            (f"Who stands in row {n}?", who), (f"Which town is in row {n}?", town)])
            return Fact(row, *ask)

        found = until(r, chars, "table", one, "\n")
        return Text("table", f"{head}\n{found.text}", found.facts)

    def log(self, r: Random, chars: int) -> Text:
        def one() -> Fact:
            at = f"{date(r)} {r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}"
            service, job, took = f"{r.choice(TOPIC)}-{r.randrange(40)}", number(r, 6), number(r, 4)
            level = r.choice(["INFO", "INFO", "WARN", "ERROR", "DEBUG"])
            line = r.choice([f"{at} {level} [{service}] job {job} finished in {took} ms",
                             f"{at} {level} {service}: request {job} from {person(r)} took {took} ms",
                             f"[{at}] {level.lower()} {service} wrote {took} rows of {job}"])
            return Fact(line, f"Which number of milliseconds or rows belongs to {job}?", took)

        return until(r, chars, "log", one, "\n")

    def conversation(self, r: Random, chars: int) -> Text:
        one_name, other = r.choice(FIRST), r.choice(FIRST)
        book = sentences(slice_of(r.choice(self.books), chars, r))
        lines, facts = [], []
        while sum(map(len, lines)) < chars and book:
            who = r.choice([one_name, other])
            if r.random() < 0.45:
                found = fact(r)
                facts.append(found)
                lines.append(f"{who}: {r.choice(['By the way: ', '', 'Remember, ', 'I checked. '])}{found.statement}")
            else:
                lines.append(f"{who}: {book.pop(0)}")
        return Text("conversation", "\n".join(lines), facts)


# ── facts

def keeps(r: Random) -> Fact:
    who, what, town = person(r), f"{r.choice(QUALITY)} {r.choice(THING)}", r.choice(TOWN)
    return Fact(f"{who} keeps the {what} in {town}.", f"Where does {who} keep the {what}?", town)


def phone(r: Random) -> Fact:
    who, digits = person(r), f"{number(r, 3)}-{number(r, 4)}"
    return Fact(f"{who} can be reached under {digits}.", f"Under which number can {who} be reached?", digits)


def order(r: Random) -> Fact:
    who, digits = person(r), number(r, r.choice([5, 6, 7, 8]))
    return Fact(f"The order of {who} has the number {digits}.", f"Which number has the order of {who}?", digits)


def locker(r: Random) -> Fact:
    what, code = f"{r.choice(QUALITY)} {r.choice(THING)}", code_of(r)
    return Fact(f"The {what} was put into locker {code}.", f"Into which locker was the {what} put?", code)


def trade(r: Random) -> Fact:
    who, what, town = person(r), r.choice(TRADE), r.choice(TOWN)
    return Fact(f"{who} went to {town} and became a {what} there.", f"What did {who} become in {town}?", what)


def built(r: Random) -> Fact:
    what, town, year = r.choice(TOPIC), r.choice(TOWN), str(r.randrange(1500, 2020))
    return Fact(f"In {town} the {what} was opened in {year}.", f"When was the {what} in {town} opened?", year)


def paid(r: Random) -> Fact:
    who, what, price = person(r), f"{r.choice(QUALITY)} {r.choice(THING)}", f"{number(r, 4)} crowns"
    return Fact(f"For the {what}, {who} paid {price}.", f"How much did {who} pay for the {what}?", price)


def serial(r: Random) -> Fact:
    what, mark = f"{r.choice(QUALITY)} {r.choice(THING)}", "-".join(code_of(r) for _ in range(3))
    return Fact(f"The {what} bears the serial {mark}.", f"Which serial does the {what} bear?", mark)


def told(r: Random) -> Fact:
    one, other, day = person(r), person(r), date(r)
    return Fact(f"{one} wrote to {other} on {day}.", f"On which day did {one} write to {other}?", day)


FACTS = [keeps, phone, order, locker, trade, built, paid, serial, told]


def fact(r: Random) -> Fact:
    return r.choice(FACTS)(r)


# ── parts

def number(r: Random, digits: int) -> str:
    return str(r.randrange(10 ** (digits - 1), 10 ** digits))


def code_of(r: Random) -> str:
    return "".join(r.choice("ABCDEFGHKLMNPRSTUVWXYZ0123456789abcdef") for _ in range(r.choice([3, 4, 6])))


def person(r: Random) -> str:
    return f"{r.choice(FIRST)} {r.choice(LAST)}"


def date(r: Random) -> str:
    return f"{r.randrange(1980, 2030)}-{r.randrange(1, 13):02}-{r.randrange(1, 29):02}"


def slice_of(text: str, chars: int, r: Random) -> str:
    start = r.randrange(max(1, len(text) - chars))
    return text[start:start + chars]


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+", text) if s.strip()]


def following(r: Random, parts: list[str], most: int) -> list[Fact]:
    """Of a found text: what comes after one of its parts."""
    able = [i for i in range(len(parts) - 1) if 20 < len(parts[i]) < 240 and 20 < len(parts[i + 1]) < 240]
    picked = r.sample(able, min(most, len(able)))
    return [Fact(parts[i], f"What comes right after this: {parts[i].strip()}", parts[i + 1].strip()) for i in picked]


def until(r: Random, chars: int, kind: str, one, joint: str) -> Text:
    facts: list[Fact] = []
    while sum(len(f.statement) for f in facts) < chars:
        facts.append(one())
    return Text(kind, joint.join(f.statement for f in facts), facts)
