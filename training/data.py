"""Documents with questions, packed into rows of fixed length.

A row holds several documents; a document is followed by its turns, and every
turn sees its document and itself only, as if it alone had been asked. One
reading of a text thus teaches many answers, and each has the form the model
meets in use:

    <s><|user|>{document}\\n\\n{question}<|end|><|assistant|>{answer}<|end|>

Positions start at 0 in every document and every turn goes on where its
document ended. Now and then positions jump between sentences: distances up to
the whole context are met in short rows, and the model does not come to rely on
unbroken positions, which an evicting cache does not have.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor

from books import Books
from published import Published
from tasks import Planted, Tasks, Turn
from tokenizer import ASSISTANT, BOS, END, EOS, USER

PROSE, LEAD, COPY, VALUE = 0.25, 0.8, 0.7, 1.0  # loss weights of tokens
KINDS = ["code", "password", "kept", "born", "colour", "stowed", "bound", "paid", "work",
         "magic", "magicWord", "register"]
HARD = ["register", "born", "paid", "work", "bound"]  # drawn twice as often as the others


@dataclass
class Document:
    """Tokens with the weight each has as a target, and the turns after them."""

    ids: list[int] = field(default_factory=lambda: [BOS, USER])
    weights: list[float] = field(default_factory=lambda: [0.0, 0.0])
    breaks: list[int] = field(default_factory=list)  # where sentences begin
    turns: list[tuple[list[int], list[float]]] = field(default_factory=list)
    needed: set[int] = field(default_factory=set)  # tokens that no turn can do without

    def add(self, ids: list[int], weight: float, needed: bool = False) -> None:
        self.breaks.append(len(self.ids))
        if needed:
            self.needed.update(range(len(self.ids), len(self.ids) + len(ids)))
        self.ids += ids
        self.weights += [weight] * len(ids)

    def __len__(self) -> int:
        return len(self.ids) + sum(len(ids) for ids, _ in self.turns)


@dataclass(frozen=True)
class Recipe:
    """What the documents of a curriculum stage are like."""

    sizes: tuple[int, int]      # tokens of a document with its turns
    copy: float                 # share of documents that only repeat segments
    records: float              # share that are records of random tokens, all asked for
    prose: float                # share that is only prose
    chain: float                # share about variable assignments
    passkey: float              # share in InfiniteBench's form
    density: tuple[float, float]  # share of a document's tokens spent on facts and turns
    absent: float               # share of turns about absent facts
    jumps: float                # share of documents with jumping positions
    holes: float = 0.0          # share of documents of which turns see only a part
    most_turns: int = 24
    exact: int = 0              # a row is one document of just this many tokens, and turns
    context: int = 2048
    published: float = 0.0      # share in the published benchmarks' own forms
    talk: float = 0.0           # share of documents whose turns come after one another


class Writer:
    """Writes documents from a seeded generator of random numbers."""

    def __init__(self, tokenizer: Tokenizer, books: Books, tasks: Tasks):
        self.tokenizer, self.books, self.tasks = tokenizer, books, tasks
        self.published = Published(
            tasks, lambda text: len(self.encode(text)),
            lambda text, count: tokenizer.decode(self.encode(text)[-count:]))

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def turn(self, turn: Turn) -> tuple[list[int], list[float]]:
        """Tokens of one turn and their weights as targets."""
        asked = self.encode("\n\n" + turn.question) + [END, ASSISTANT]
        lead, rest = self.encode(turn.lead), self.encode(turn.rest) + [END]
        return (asked + lead + rest,
                [0.0] * len(asked) + [LEAD] * len(lead) + [VALUE] * len(rest))

    # -- haystacks: sentences without end, each as tokens with a leading space --

    def haystack(self, name: str, rng: Random):
        if name == "prose":
            i = rng.randrange(len(self.books))
            while True:
                yield self.books.ids[i % len(self.books)]
                i += 1
        noise = [self.encode(" " + s) for s in self.tasks.templates["published"]["noise"]]
        i = 0
        while True:
            if name == "noise":
                yield noise[i % len(noise)]
                i += 1
            else:
                yield self.encode(self.tasks.log_sentence(rng))

    # -- kinds of documents --

    def copying(self, size: int, rng: Random) -> Document:
        """A segment, something else, the segment again."""
        doc = Document()
        vocab = self.tokenizer.get_vocab_size()
        while len(doc) < size:
            room = size - len(doc)
            n = min(rng.randint(8, 64), max(room // 2, 4))
            kind = rng.random()
            if kind < 0.4:
                segment = [rng.randrange(5, vocab) for _ in range(n)]
            elif kind < 0.8:
                lines = []
                while len(lines) < n:
                    lines += self.encode(self.tasks.words.fill(
                        rng.choice([" {anynoun} {digits4}", " {anyadjective}-{anynoun} {digits5}",
                                    " {person} {digits3}", " {adjective} {object} {digits4}"]), rng))
                segment = lines[:n]
            else:
                segment = []
                for sentence in self.haystack("prose", rng):
                    segment += sentence
                    if len(segment) >= n:
                        break
                segment = segment[:n]
            doc.add(segment, 0.0 if kind < 0.8 else PROSE)
            if rng.random() < 0.5:
                gap = rng.randint(1, 40)
                doc.add([rng.randrange(5, vocab) for _ in range(gap)], 0.0)
            again = segment[rng.randrange(max(len(segment) // 3, 1)):]
            doc.add(again, COPY)
            for skip in range(min(2, len(again))):  # what is copied shows only after two tokens
                doc.weights[-len(again) + skip] = 0.0
        del doc.ids[size:], doc.weights[size:]
        doc.breaks = [b for b in doc.breaks if b < size]
        return doc

    def records(self, size: int, rng: Random) -> Document:
        """Records of one wording, keys and values of random tokens; each is asked for.

        The same words stand between key and value in all of them, so that the value
        can only be found by the key, some tokens back: the bare form of every fact.
        """
        vocab = self.tokenizer.get_vocab_size()
        draw = lambda low, high: [rng.randrange(5, vocab) for _ in range(rng.randint(low, high))]
        doc = Document()
        before, between, after, ask = draw(0, 3), draw(0, 8), draw(1, 1), draw(1, 4)
        longest, gap = rng.randint(1, 6), rng.choice([0, 0, 10, 40])
        turns = []
        while len(doc) + sum(len(ids) for ids, _ in turns) < size:
            key, value = draw(1, longest), draw(1, 5)
            doc.add(before + key + between + value + after, 0.0, needed=True)
            if gap:
                doc.add(draw(0, gap), 0.0)
            asked = ask + key + [END, ASSISTANT]
            turns.append((asked + before + key + between + value + after,
                          [0.0] * (len(asked) + len(before)) + [LEAD] * (len(key) + len(between))
                          + [COPY] * (len(value) + len(after))))
        while turns and len(doc) + sum(len(ids) for ids, _ in turns) > size:
            turns.pop()
        rng.shuffle(turns)
        doc.turns = turns
        return doc

    def prose(self, size: int, rng: Random) -> Document:
        """Consecutive sentences of a book."""
        doc = Document()
        for sentence in self.haystack("prose", rng):
            doc.add(sentence, PROSE)
            if len(doc) >= size:
                break
        del doc.ids[size:], doc.weights[size:]
        doc.breaks = [b for b in doc.breaks if b < size]
        return doc

    def assemble(self, planted: list[Planted], asked: list[Turn], hay: str, size: int,
                 rng: Random, header: str = "", exact: int = 0) -> Document:
        """Plant sentences at random places of a haystack so that all fits in `size`.

        With `exact` the document alone, without its turns, gets that many tokens.
        """
        if exact:
            doc = self.assemble(planted, asked, hay, exact + sum(
                len(self.turn(t)[0]) for t in asked), rng, header)
            for sentence in self.haystack("log" if hay == "lines" else hay, rng):
                if len(doc.ids) >= exact:
                    return doc  # may be too long: the caller draws again
                doc.add(sentence[:exact - len(doc.ids)], PROSE)
        doc = Document()
        if header:
            doc.add(self.encode(header), PROSE)
        doc.turns = [self.turn(t) for t in asked]
        # Places keep the order of sentences within one planted task.
        places: list[tuple[float, list[int]]] = []
        for task in planted:
            at = sorted(rng.random() for _ in task.sentences)
            places += [(p, self.encode(" " + s)) for p, s in zip(at, task.sentences)]
        places.sort(key=lambda place: place[0])
        if hay == "lines":  # nothing but the planted, one a line
            newline = self.encode("\n")
            for _, ids in places:
                ids = self.encode(self.tokenizer.decode(ids).strip())
                doc.add((newline if len(doc.ids) > 2 else []) + ids, PROSE, needed=True)
            return doc
        room = size - len(doc) - sum(len(ids) for _, ids in places)
        straw: list[list[int]] = []
        for sentence in self.haystack(hay, rng):
            room -= len(sentence)
            if room < 0:
                break
            straw.append(sentence)
        next_place = 0
        for i, sentence in enumerate(straw + [None]):
            while next_place < len(places) and (
                    sentence is None or places[next_place][0] * (len(straw) + 1) < i + 1):
                doc.add(places[next_place][1], PROSE, needed=True)
                next_place += 1
            if sentence is not None:
                doc.add(sentence, PROSE)
        first = doc.ids[2:12]  # the document itself begins without a space
        bare = self.encode(self.tokenizer.decode(first).lstrip())
        if len(bare) == len(first):
            doc.ids[2:12] = bare
        return doc

    def facts(self, size: int, recipe: Recipe, rng: Random) -> Document:
        """Facts of a few kinds among sentences, some of them asked for."""
        hay = rng.choices(["lines", "prose", "noise", "log"], [0.15, 0.4, 0.15, 0.3])[0]
        kinds = rng.sample(KINDS + HARD, rng.randint(1, 3))
        density = rng.uniform(*recipe.density)
        budget = size * (1.0 if hay == "lines" else density)
        taken: set = set()
        planted: list[Planted] = []
        asked: list[Turn] = []
        used = 4.0
        header = ""
        published = self.tasks.templates["published"]
        if "magic" in kinds and rng.random() < 0.5:
            header = published["magicHeader" if rng.random() < 0.5 else "magicHeaderOne"]
        if kinds == ["register"]:
            header = published["registerHeader"]
        used += len(header) / 4
        while used < budget or not planted:
            kind = rng.choice(kinds)
            if kind == "magic" and rng.random() < 0.15:
                task = self.tasks.two_values(rng, taken)
            else:
                task = self.tasks.fact(kind, rng, taken)
            cost = sum(len(s) for s in task.sentences) / 3.2
            ask = rng.random() < 0.75 and len(asked) < recipe.most_turns
            if ask:
                cost += sum(len(t.question) + len(t.lead) + len(t.rest)
                            for t in task.turns) / 3.2 + 5
            if planted and used + cost > size:
                break
            used += cost
            planted.append(task)
            if ask:
                asked += task.turns
                if rng.random() < recipe.absent:
                    absent = self.tasks.fact(rng.choice(kinds), rng, taken, absent=True)
                    asked += absent.turns
                    used += sum(len(t.question) + len(t.lead) + len(t.rest)
                                for t in absent.turns) / 3.2 + 5
        if not asked:
            asked = planted[-1].turns
        rng.shuffle(asked)
        if rng.random() < recipe.talk:
            asked = self.talk(asked[:len(asked) // 3 + 1], rng)
        return self.assemble(planted, asked, hay, size, rng, header, recipe.exact)

    def chains(self, size: int, rng: Random, exact: int) -> Document:
        """A few chains of assignments among noise or log."""
        ask_all = rng.random() < 0.2
        planted: list[Planted] = []
        used = 4.0
        while not planted or (used < size * 0.8 and len(planted) < 5 and rng.random() < 0.8):
            task = self.tasks.chain(rng, rng.randint(1, 4), ask_all)
            used += sum(len(s) for s in task.sentences) / 1.6
            used += sum(len(t.question) + len(t.lead) + len(t.rest) for t in task.turns) / 1.8
            if planted and used > size:
                break
            planted.append(task)
        asked = [t for task in planted for t in task.turns]
        rng.shuffle(asked)
        hay = rng.choice(["noise", "noise", "log", "prose"])
        return self.assemble(planted, asked[:8], hay, size, rng, exact=exact)

    def passkey(self, size: int, absent: float, rng: Random, exact: int) -> Document:
        """InfiniteBench's pass key in noise, sometimes missing, sometimes in other text."""
        task = self.tasks.passkey(rng, rng.random() < absent)
        header = self.tasks.templates["passkey"]["header"] if rng.random() < 0.7 else ""
        hay = "noise" if rng.random() < 0.6 else rng.choice(["log", "prose"])
        return self.assemble([task], task.turns, hay, size, rng, header, exact)

    def as_published(self, size: int, rng: Random, exact: int) -> Document:
        """A text of a benchmark; prose stands before it where it does not fill `exact`."""
        room = exact or int(size * rng.uniform(0.6, 0.9))
        text = self.published.text(room - 4, rng)
        if text.planted:
            hay = rng.choices(["prose", "noise", "log", "lines"], [0.5, 0.15, 0.15, 0.2])[0]
            return self.assemble(text.planted, text.turns, hay, size, rng, text.header, exact)
        doc = Document()
        body = self.encode(text.header + text.body)
        if exact:
            for sentence in self.haystack("prose", rng):
                left = exact - len(body) - len(doc.ids)
                if left <= 0:
                    break
                doc.add(sentence[:left], PROSE)
        doc.add(body, 0.0, needed=True)
        doc.turns = [self.turn(t) for t in text.turns]
        return doc

    def talk(self, asked: list[Turn], rng: Random) -> list[Turn]:
        """The same turns, each after up to three others and their answers."""
        turns = []
        for turn in asked:
            before = rng.sample(asked, min(len(asked), rng.randint(0, 3)))
            said = "".join(f"{t.question}\n{t.lead}{t.rest}\n\n" for t in before if t != turn)
            turns.append(Turn(said + turn.question, turn.lead, turn.rest))
        return turns

    def document(self, size: int, recipe: Recipe, rng: Random) -> Document:
        draw = rng.random()
        for name in ("copy", "records", "prose", "chain", "passkey", "published"):
            draw -= getattr(recipe, name)
            if draw < 0:
                break
        else:
            name = "facts"
        if name == "copy":
            return self.copying(size, rng)
        if name == "records":
            return self.records(size, rng)
        if name == "prose":
            return self.prose(size, rng)
        if name == "chain":
            return self.chains(size, rng, recipe.exact)
        if name == "published":
            return self.as_published(size, rng, recipe.exact)
        if name == "passkey":
            return self.passkey(size, recipe.absent, rng, recipe.exact)
        return self.facts(size, recipe, rng)


@dataclass
class Rows:
    """A batch of packed rows; all (B, T)."""

    ids: Tensor
    positions: Tensor
    owner: Tensor     # number of the document in its row
    part: Tensor      # 0 in the document, 1.. in its turns
    weights: Tensor   # weight of each token as a target
    hidden: Tensor    # whether turns cannot see the token, as if it had been evicted
    exact: int = 0    # tokens of the one document that every row begins with, if so

    def to(self, device: str) -> Rows:
        return replace(self, **{f.name: getattr(self, f.name).to(device) for f in fields(self)
                                if f.name != "exact"})

    def mask(self) -> Tensor:
        """(B, 1, T, T): earlier tokens of the same document and of one's own turn.

        Where every row is one document and its turns, only the turns' rows.
        """
        t = self.ids.shape[1]
        earlier = torch.ones(t, t, dtype=torch.bool, device=self.ids.device).tril()
        same = self.owner[:, :, None] == self.owner[:, None, :]
        seen = (self.part[:, None, :] == 0) | (self.part[:, :, None] == self.part[:, None, :])
        evicted = self.hidden[:, None, :] & (self.part[:, :, None] != 0)
        return (earlier & same & seen & ~evicted)[:, None, self.exact:]

    def targets(self) -> tuple[Tensor, Tensor]:
        """Next tokens and their weights, zero where the next token is of another part."""
        joined = ((self.owner[:, 1:] == self.owner[:, :-1])
                  & (self.part[:, 1:] == self.part[:, :-1]))
        weights = torch.zeros_like(self.weights)
        weights[:, :-1] = self.weights[:, 1:] * joined
        return self.ids.roll(-1, 1), weights


def positions_of(doc: Document, recipe: Recipe, rng: Random) -> list[int]:
    """Positions of the document's tokens, with jumps at some sentence starts."""
    positions = list(range(len(doc.ids)))
    spare = recipe.context - len(doc)
    if rng.random() < recipe.jumps and doc.breaks and spare > 0:
        total = rng.randint(0, spare)
        cuts = sorted(rng.sample(doc.breaks, min(rng.randint(1, 4), len(doc.breaks))))
        shares = sorted(rng.random() for _ in cuts[1:]) + [1.0]
        for cut, low, high in zip(cuts, [0.0] + shares, shares):
            jump = int((high - low) * total)
            positions[cut:] = [p + jump for p in positions[cut:]]
    return positions


def hidden_of(doc: Document, recipe: Recipe, rng: Random) -> list[bool]:
    """Which of the document's tokens are hidden from its turns: some stretches, never facts.

    An evicting cache keeps a few tokens with holes between them, whose keys and
    values were computed when all was there; so it is here.
    """
    hidden = [False] * len(doc.ids)
    if rng.random() < recipe.holes:
        share, place = rng.uniform(0.2, 1.0), 0
        while place < len(hidden):
            end, gone = place + rng.randint(1, 16), rng.random() < share
            hidden[place:end] = [gone] * len(hidden[place:end])
            place = end
        for place in doc.needed:
            if place < len(hidden):
                hidden[place] = False
    return hidden


def pack_row(writer: Writer, length: int, recipe: Recipe, rng: Random) -> list[list]:
    """One row of `length` as lists: ids, positions, owner, part, weights, hidden."""
    ids, positions, owner, part, weights, hidden = row = [[], [], [], [], [], []]
    number = 0
    while len(ids) < length:
        room = length - len(ids)
        size = min(rng.randint(*recipe.sizes), room)
        if room - size < 48:  # no scraps at the end of a row
            size = room
        if size < 48:
            doc = writer.prose(size, rng)
        else:
            doc = writer.document(size, recipe, rng)
            while recipe.exact and len(doc.ids) != recipe.exact:
                doc = writer.document(recipe.exact, recipe, rng)
        at = positions_of(doc, recipe, rng)
        ids += doc.ids
        positions += at
        owner += [number] * len(doc.ids)
        part += [0] * len(doc.ids)
        weights += doc.weights
        hidden += hidden_of(doc, recipe, rng)
        for i, (turn, turn_weights) in enumerate(doc.turns):
            if len(ids) + len(turn) > length:
                continue  # a turn that does not fit whole is left out
            ids += turn
            positions += range(at[-1] + 1, at[-1] + 1 + len(turn))
            owner += [number] * len(turn)
            part += [i + 1] * len(turn)
            weights += turn_weights
            hidden += [False] * len(turn)
        number += 1
        if recipe.exact:  # what turns leave free is padding that sees the document
            pad = length - len(ids)
            ids += [EOS] * pad
            positions += [at[-1] + 1] * pad
            owner += [0] * pad
            part += [-1] * pad
            weights += [0.0] * pad
            hidden += [False] * pad
    for column in row:
        del column[length:]
    return row


def make_batch(writer: Writer, length: int, rows: int, recipe: Recipe, rng: Random) -> Rows:
    columns = zip(*(pack_row(writer, length, recipe, rng) for _ in range(rows)))
    ids, positions, owner, part, weights, hidden = (torch.tensor(c) for c in columns)
    return Rows(ids, positions, owner, part, weights.float(), hidden, recipe.exact)


def choose_targets(weights: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Flat indices of the `count` targets worth computing logits for.

    All answers and copies come first, prose fills what is left at random.
    """
    flat = weights.flatten()
    order = flat + 1e-3 * torch.rand(flat.shape, generator=generator, device=flat.device)
    return order.topk(count).indices
