"""Score an exported folder on held-out books, words, keys and values.

    python evaluate.py FOLDER --corpus CORPUS --samples 200

Each sample is one document with one question. An answer counts when every one
of its tokens is the model's first choice given the ones before, which is the
same as: greedy decoding gives exactly this answer, to its end token. Cells
marked "prefix" follow RULER: the answer's beginning is given, only the value
is scored. Full cache, f32 arithmetic on the f16 weights.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Callable

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from books import Books
from data import KINDS, Document, Writer
from model import Llama, Shape
from prose import nats, windows
from tasks import Planted, Tasks, Turn

HERE = Path(__file__).parent


def load(folder: Path) -> tuple[Llama, Tokenizer]:
    """The model of an exported folder, in f32, and its tokenizer."""
    config = json.loads((folder / "config.json").read_text())
    model = Llama(Shape(**{k: config[k] for k in Shape.__dataclass_fields__}))
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({k: w.float() for k, w in weights.items()})
    return model.eval(), Tokenizer.from_file(str(folder / "tokenizer.json"))


@dataclass(frozen=True)
class Sample:
    """A document with its one question, and where in the turn scoring begins."""

    document: Document
    scored_from: int


class Cells:
    """The cells of the table: each draws samples of about `size` tokens."""

    def __init__(self, writer: Writer):
        self.writer, self.tasks = writer, writer.tasks

    def sample(self, planted: list[Planted], turn: Turn, hay: str, size: int, rng: Random,
               begun: str = "", header: str = "") -> Sample:
        doc = self.writer.assemble(planted, [turn], hay, size - 1, rng, header)
        skip = len(self.writer.encode("\n\n" + turn.question)) + 2
        skip += len(self.writer.encode(begun))
        return Sample(doc, skip)

    def fact(self, size: int, rng: Random, distractors: int = 0, absent: bool = False,
             paraphrase: bool = False, kinds: list[str] = KINDS, hay: str = "") -> Sample:
        """One fact, with facts of the same kind beside it."""
        kind, taken = rng.choice(kinds), set()
        task = self.tasks.fact(kind, rng, taken, absent=absent, paraphrase=paraphrase)
        others = [self.tasks.fact(kind, rng, taken) for _ in range(distractors)]
        hay = hay or rng.choice(["prose", "log", "noise"])
        return self.sample([task, *others], task.turns[0], hay, size, rng)

    def magic(self, size: int, rng: Random, hay: str, keys: int = 1) -> Sample:
        """RULER niah_single_1 (noise), niah_single_2 (prose), multikey_1 (four keys)."""
        taken: set = set()
        tasks = []
        while len(tasks) < keys:  # RULER's own: adjective-noun keys, seven digits
            task = self.tasks.fact("magic", rng, taken)
            key_and_value = task.sentences[0].split(" for ")[1]
            if "-" in key_and_value and len(key_and_value.split(": ")[1]) == 8:
                tasks.append(task)
        turn = tasks[0].turns[0]
        key = turn.lead.split(" for ")[1].split(" mentioned")[0]
        turn = Turn(f"What is the special magic number for {key} mentioned in the provided text?",
                    turn.lead, turn.rest)
        header = self.tasks.templates["published"][
            "magicHeaderOne" if keys == 1 else "magicHeader"]
        begun = self.tasks.templates["published"]["magicBegun"].replace("{key}", key)
        return self.sample(tasks, turn, hay, size, rng, begun, header)

    def two_values(self, size: int, rng: Random) -> Sample:
        task = self.tasks.two_values(rng, set())
        return self.sample([task], task.turns[0], "prose", size, rng, begun=task.turns[0].lead)

    def passkey(self, size: int, rng: Random) -> Sample:
        task = self.tasks.passkey(rng)
        header = self.tasks.templates["passkey"]["header"]
        return self.sample([task], task.turns[0], "noise", size, rng, header=header)

    def chain(self, size: int, rng: Random, hops: int) -> Sample:
        task = self.tasks.chain(rng, hops)
        return self.sample([task], task.turns[hops], "noise", size, rng)

    def register(self, size: int, rng: Random) -> Sample:
        """LongEval: as many lines as fit."""
        taken: set = set()
        task = self.tasks.fact("register", rng, taken)
        tasks = [task]
        room = size - 120
        while room > 0:
            tasks.append(self.tasks.fact("register", rng, taken))
            room -= len(self.writer.encode(tasks[-1].sentences[0])) + 1
        rng.shuffle(tasks)
        return self.sample(tasks, task.turns[0], "lines", size, rng,
                           header=self.tasks.templates["published"]["registerHeader"])

    def table(self) -> dict[str, Callable[[int, Random], Sample]]:
        digits = ["code", "magic", "register", "paid"]
        return {
            "one fact": lambda s, r: self.fact(s, r),
            "one fact, number value": lambda s, r: self.fact(s, r, kinds=digits),
            "one fact, word value": lambda s, r: self.fact(
                s, r, kinds=[k for k in KINDS if k not in digits]),
            "one fact, paraphrased question": lambda s, r: self.fact(s, r, paraphrase=True),
            "4 distractors of the kind": lambda s, r: self.fact(s, r, distractors=4),
            "absent, 4 of the kind": lambda s, r: self.fact(s, r, distractors=4, absent=True),
            "passkey": self.passkey,
            "niah_single_1 (prefix)": lambda s, r: self.magic(s, r, "noise"),
            "niah_single_2 (prefix)": lambda s, r: self.magic(s, r, "prose"),
            "multikey_1 (prefix)": lambda s, r: self.magic(s, r, "prose", keys=4),
            "two values (prefix)": self.two_values,
            "register lines": self.register,
            "chain, 1 hop": lambda s, r: self.chain(s, r, 1),
            "chain, 2 hops": lambda s, r: self.chain(s, r, 2),
        }


def tensors(sample: Sample) -> tuple[list[int], list[int]]:
    """Tokens of the whole, and the indices of the scored ones."""
    turn = sample.document.turns[0][0]
    start = len(sample.document.ids) + sample.scored_from
    ids = sample.document.ids + turn
    return ids, list(range(start, len(ids)))


@torch.no_grad()
def score(model: Llama, samples: list[Sample], tokenizer: Tokenizer) -> tuple[int, int, list[str]]:
    """Right answers, answers that say the text does not say, and some wrong ones."""
    right = denied = 0
    wrong: list[str] = []
    for sample in samples:
        ids, scored = tensors(sample)
        x = torch.tensor([ids])
        t = x.shape[1]
        where = torch.tensor(scored) - 1
        mask = torch.ones(1, 1, 1, t, dtype=torch.bool)  # the last row's; the others are causal
        best = model(x, torch.arange(t)[None], mask, where).argmax(-1)
        expected = torch.tensor(ids)[scored]
        said = tokenizer.decode(best.tolist())
        if torch.equal(best, expected):
            right += 1
        elif len(wrong) < 3:
            wrong.append(f"{said!r} for {tokenizer.decode(expected.tolist())!r}")
        # Only the first differing token is the model's own greedy choice.
        differ = (best != expected).nonzero()
        if len(differ) and tokenizer.decode([best[differ[0, 0]].item()]) in (" something", " a"):
            denied += 1
    return right, denied, wrong


def prose_loss(model: Llama, books: Books, length: int, count: int) -> tuple[float, float]:
    """Mean nats a token and bits a byte on books, windows of `length`."""
    per_byte = sum(map(len, books.ids)) / sum(len(t.encode()) + 1 for t in books.texts)
    loss = nats(model, windows(books, length, count))
    return loss, loss * per_byte / math.log(2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--lengths", type=int, nargs="+", default=[512, 1024, 2048])
    parser.add_argument("--cells", nargs="*", default=[], help="only cells of these names")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, help="also write the numbers as JSON")
    parser.add_argument("--seen", action="store_true", help="words and books of the training part")
    parser.add_argument("--show", action="store_true", help="print some wrong answers")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model, tokenizer = load(args.folder)
    books = Books(args.corpus / "gutenberg", tokenizer, held_out=not args.seen)
    tasks = Tasks(HERE, args.corpus / "wordlists", held_out=not args.seen)
    cells = Cells(Writer(tokenizer, books, tasks)).table()
    results: dict[str, dict] = {}
    started = time.time()
    print(f"| cell ({args.samples} samples) | " + " | ".join(map(str, args.lengths)) + " |")
    print("|---|" + "---:|" * len(args.lengths))
    for name, draw in cells.items():
        if args.cells and name not in args.cells:
            continue
        row = results[name] = {}
        for length in args.lengths:
            rng = Random(f"{args.seed}/{name}/{length}")
            samples = [draw(length, rng) for _ in range(args.samples)]
            right, denied, wrong = score(model, samples, tokenizer)
            row[length] = {"right": right / len(samples), "denied": denied / len(samples)}
            if args.show:
                print("   ", name, length, *wrong, sep="\n      ")
        alarms = name in ("one fact", "4 distractors of the kind")
        print(f"| {name} | " + " | ".join(
            f"{100 * c['right']:.1f}" + (f" ({100 * c['denied']:.1f})" if alarms else "")
            for c in row.values()) + " |", flush=True)
    if not args.cells:
        loss, bits = prose_loss(model, books, 512, 40)
        results["prose"] = {"nats": loss, "bitsPerByte": bits}
        print(f"\nHeld-out prose: {loss:.3f} nats a token (perplexity {math.exp(loss):.1f}), "
              f"{bits:.3f} bits a byte. In brackets: false alarms. {time.time() - started:.0f} s.")
    if args.out:
        args.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
