"""Documents in the published benchmarks' own forms: RULER, InfiniteBench, SCBench.

The wordings are those of ../src/tasks, which say where each is from. An answer
is begun as the benchmark begins it and goes on in a way that the model can look
up: "… are" goes on "told thus: for old-bell is: 1234567", since the words right
before the value are then those of the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from tasks import Planted, Tasks, Turn

SHARES = {"magic": 9, "pairs": 3, "strings": 1, "common": 1, "frequent": 1, "ranks": 1.5,
          "variables": 2, "rule": 1}
RANKS = {"largest": lambda s: s[-1], "smallest": lambda s: s[0],
         "second largest": lambda s: s[-2], "second smallest": lambda s: s[1],
         "third largest": lambda s: s[-3], "third smallest": lambda s: s[2]}
MOST = 6  # questions about one text


@dataclass(frozen=True)
class Text:
    """A whole text, and turns about it; or sentences to be hidden in a haystack, with a header."""

    header: str = ""
    body: str = ""
    planted: list[Planted] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


class Published:
    """Draws texts of about `size` tokens."""

    def __init__(self, tasks: Tasks, count, tail):
        """count: the tokens of a text; tail: the text of a text's last so many tokens."""
        self.words, self.count, self.tail = tasks.words, count, tail
        self.noise = " ".join(tasks.templates["published"]["noise"])

    def text(self, size: int, rng: Random) -> Text:
        kind = rng.choices(list(SHARES), SHARES.values())[0]
        return getattr(self, kind)(size, rng)

    def key(self, rng: Random) -> str:
        return self.words.fill("{anyadjective}-{anynoun}", rng)

    def uuid(self, rng: Random) -> str:
        return str(UUID(int=rng.getrandbits(128), version=4))

    def fill(self, size: int, header: str, piece) -> list[str]:
        """Pieces until header and pieces have `size` tokens; one at least."""
        pieces = [piece()]
        room = size - self.count(header) - self.count(pieces[0])
        while True:
            pieces.append(piece())
            room -= self.count(pieces[-1])
            if room < 0:
                return pieces[:-1]

    def magic(self, size: int, rng: Random) -> Text:
        """RULER's needles: several values of a key, several keys in a question, uuids."""
        kind = "uuid" if rng.random() < 0.25 else "number"
        value = ((lambda: self.uuid(rng)) if kind == "uuid"
                 else (lambda: self.words.draw("digits7", rng)))
        key = (lambda: self.uuid(rng)) if kind == "uuid" and rng.random() < 0.5 else (
            lambda: self.key(rng))
        room = size * rng.uniform(0.3, 0.9)
        needles: dict[str, list[str]] = {}
        while room > 0 and len(needles) < 24:
            values = [value() for _ in range(rng.choice([1, 1, 1, 2, 3, 4]))]
            name = key()
            needles[name] = values
            room -= sum(self.count(self.needle(kind, name, v)) for v in values) + 40
        planted = [Planted([self.needle(kind, name, v) for v in values], [])
                   for name, values in needles.items()]
        turns = []
        names = list(needles)
        for _ in range(MOST):
            asked = rng.sample(names, min(len(names), rng.choice([1, 1, 1, 2, 3, 4])))
            one = len(asked) == 1 and len(needles[asked[0]]) == 1
            if sum(self.count(v) for a in asked for v in needles[a]) < 120:
                turns.append(self.needle_turn(kind, asked, needles, one, rng))
        what = f"Some special magic {kind}s are"
        header = (f"{what} hidden within the following text. Make sure to memorize it. "
                  f"I will quiz you about the {kind}s afterwards.")
        return Text(header, "", planted, turns or [
            self.needle_turn(kind, names[:1], needles, len(needles[names[0]]) == 1, rng)])

    def needle(self, kind: str, key: str, value: str) -> str:
        return f"One of the special magic {kind}s for {key} is: {value}."

    def needle_turn(self, kind: str, asked: list[str], needles: dict[str, list[str]], one: bool,
                    rng: Random) -> Turn:
        query = ", ".join(asked[:-1]) + ", and " + asked[-1] if len(asked) > 1 else asked[0]
        what, verb, type = ("What is the", "is", kind) if one else (
            "What are all the", "are", kind + "s")
        space = rng.choice(["", " "])
        lead = f"{space}The special magic {type} for {query} mentioned in the provided text {verb}"
        if one:
            rest = f" told thus: {self.needle(kind, asked[0], needles[asked[0]][0])}"
        else:
            rest = " told thus:" + ",".join(
                f" for {a} is: {v}" for a in asked for v in needles[a]) + "."
        return Turn(f"{what} special magic {type} for {query} mentioned in the provided text?",
                    lead, rest)

    def pairs(self, size: int, rng: Random) -> Text:
        """InfiniteBench's KV retrieval. The end of the key is said before the value."""
        header = ("Extract the value corresponding to the specified key in the JSON object "
                  "below.\n\nJSON data:\n")
        pairs = [(self.uuid(rng), self.uuid(rng)) for _ in range(max(1, (size - 30) // 76))]
        body = "{" + ", ".join(f'"{k}": "{v}"' for k, v in pairs) + "}"
        asked = rng.sample(pairs, min(len(pairs), MOST))
        turns = [Turn(f'Key: "{k}"\nThe value associated with the specified key is: ', "",
                      f'{self.tail(k, 6)}": "{v}"') for k, v in asked]
        return Text(header, body, [], turns)

    def strings(self, size: int, rng: Random) -> Text:
        """SCBench's prefix and suffix."""
        header = ("Remember the following strings. I will ask you for some of them by their "
                  "beginning and their end.\n\n")
        draw = lambda: "".join(rng.choice("0123456789abcdefghijklmnopqrstuvwxyz")
                               for _ in range(24))
        strings = self.fill(size, header, draw)
        asked = rng.sample(strings, min(len(strings), MOST))
        turns = [Turn(f"Which string begins with {s[:6]} and ends with {s[-6:]}?", "", s)
                 for s in asked]
        return Text(header, "\n".join(strings), [], turns)

    def common(self, size: int, rng: Random) -> Text:
        """RULER's common words, with a worked example before the list as often as not."""
        often, seldom = rng.choice([(6, 1), (6, 1), (30, 3), (10, 2)])
        question = "Question: What are the 10 most common words in the above list?"
        lead = " Answer: The top 10 words that appear most often in the list are:"
        top = 10
        words: list[str] = []
        while len(words) < top or sum(3 + self.count(" " + w) for w in words[top:]) * seldom \
                + sum(3 + self.count(" " + w) for w in words[:top]) * often < size - 160:
            word = self.words.draw(rng.choice(["anynoun", "anyadjective"]), rng)
            if word not in words:
                words.append(word)
        listed, answer = self.list_of(words, top, often, seldom, rng)
        header = ("Below is a numbered list of words. In these words, some appear more often "
                  "than others. Memorize the ones that appear most often.\n")
        example = ""
        if rng.random() < 0.5:
            drawn = [self.words.draw("anynoun", rng) for _ in range(20)]
            text, said = self.list_of(drawn, top, 3, 1, rng)
            example = f"{header}{text}\n{question}{lead} {said}\n"
        return Text(example + header, listed, [], [Turn(question, lead, " " + answer)])

    def list_of(self, words: list[str], top: int, often: int, seldom: int,
                rng: Random) -> tuple[str, str]:
        """A shuffled, numbered list, and the common ones in the order of the text."""
        drawn = [w for i, w in enumerate(words) for _ in range(often if i < top else seldom)]
        rng.shuffle(drawn)
        first = sorted(words[:top], key=drawn.index)
        numbered = lambda list: " ".join(f"{i + 1}. {w}" for i, w in enumerate(list))
        return numbered(drawn), numbered(first)

    def frequent(self, size: int, rng: Random) -> Text:
        """RULER's frequent words: counts fall with the square of the rank."""
        header = ("Read the following coded text and track the frequency of each coded word. "
                  "Find the three most frequently appeared coded words. ")
        coded = ["..."] + ["".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(6))
                           for _ in range(max(4, size // 50))]
        costs = [self.count(" " + w) for w in coded]
        counts = lambda total: [max(5 - i if i < 4 else 0, int(total / 1.645 / (i + 1) ** 2))
                                for i in range(len(coded))]
        total = 20
        while sum(n * c for n, c in zip(counts(total), costs)) < size - 40:
            total += max(2, total // 8)
        text = [w for w, n in zip(coded, counts(total - max(2, total // 9))) for _ in range(n)]
        rng.shuffle(text)
        return Text(header, " ".join(text), [], [Turn(
            "Question: Do not provide any explanation. Please ignore the dots '....'. What are "
            "the three most frequently appeared words in the above coded text?",
            " Answer: According to the coded text above, the three most frequently appeared "
            "words are:", " " + " ".join(coded[1:4]))])

    def ranks(self, size: int, rng: Random) -> Text:
        """InfiniteBench's math find, but for the median."""
        least, most = rng.randrange(20), 79 + rng.randrange(20)
        count = max(8, min(size // 4, rng.randint(8, 480)))
        numbers = [rng.randint(least, most) for _ in range(count)]
        ranked = sorted(set(numbers))
        turns = []
        for rank in rng.sample(list(RANKS), min(4, len(RANKS))):
            if len(ranked) > 2:
                turns.append(Turn(
                    f"Find the {rank} number from the list above.\n\nYou should answer with only "
                    "one number, no other words.", f" The {rank} number of the list is: ",
                    str(RANKS[rank](ranked))))
        return Text("", "[" + ", ".join(map(str, numbers)) + "]", [], turns)

    def variables(self, size: int, rng: Random) -> Text:
        """RULER's variable tracking with its worked example, or several chains without one."""
        many = rng.random() < 0.3
        chains = [self.chain(5, rng) for _ in range(rng.randint(2, 4) if many else 1)]
        example = "" if many else self.worked(self.chain(3, rng), rng) + "\n\n"
        room = size - self.count(example) - 40 - sum(
            self.count(line) for c in chains for line in self.assignments(c))
        lines = self.among(max(1, room // (self.count(self.noise) + 1)), chains, rng)
        return Text("", example + self.tracked(lines), [], [self.all_of(c) for c in chains])

    def chain(self, letters: int, rng: Random) -> tuple[str, list[str]]:
        names: dict[str, None] = {}
        while len(names) < 5:
            names["".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(letters))] = None
        return self.words.draw("digits5", rng), list(names)

    def assignments(self, chain: tuple[str, list[str]]) -> list[str]:
        value, names = chain
        return [f"VAR {names[0]} = {value}"] + [
            f"VAR {b} = VAR {a} " for a, b in zip(names, names[1:])]

    def among(self, count: int, chains: list, rng: Random) -> list[str]:
        """So many lines of noise, and the assignments in order at random places among them."""
        places = [(rng.random(), self.noise) for _ in range(count)]
        for chain in chains:
            assigned = self.assignments(chain)
            places += zip(sorted(rng.random() for _ in assigned), assigned)
        return [line for _, line in sorted(places, key=lambda place: place[0])]

    def tracked(self, lines: list[str]) -> str:
        return ("Memorize and track the chain(s) of variable assignment hidden in the following "
                "text.\n\n" + "\n".join(lines))

    def all_of(self, chain: tuple[str, list[str]]) -> Turn:
        value, names = chain
        return Turn(f"Question: Find all variables that are assigned the value {value} in the "
                    "text above.",
                    " Answer: According to the chain(s) of variable assignment in the text above, "
                    f"{len(names)} variables are assigned the value {value}, they are: ",
                    " ".join(names))

    def worked(self, chain: tuple[str, list[str]], rng: Random) -> str:
        turn = self.all_of(chain)
        return (self.tracked(self.among(5, [chain], rng))
                + f"\n{turn.question}{turn.lead}{turn.rest}")

    def rule(self, size: int, rng: Random) -> Text:
        """A rule at the start that every answer is to follow."""
        word = self.words.draw("anynoun", rng).upper()
        header = f"Rule for the whole conversation: begin every answer with the word {word}.\n\n"
        facts = {self.key(rng): self.words.draw("digits5", rng) for _ in range(rng.randint(2, MOST))}
        planted = [Planted([f"The number of the {k} is {v}."], []) for k, v in facts.items()]
        turns = [Turn(f"What is the number of the {k}?", f"{word}.",
                      f" The number of the {k} is {v}.") for k, v in facts.items()]
        return Text(header, "", planted, turns)
