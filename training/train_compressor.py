"""Train LoCoCo's convolutions by the next-token loss, as the official code does.

    python train_compressor.py FOLDER --corpus CORPUS --out compressor.safetensors

`npm run train-compressor` trains them to reconstruct the attention's output, which needs no
gradient through the model; here the frozen model stands between the loss and the merged slots.
A document is read in blocks through the compressed cache, then its questions with their answers.
The loss is that of the text and that of the answers, each a mean over the tokens that see merged
slots. One document a step; start, optimizer and schedule are those of the engine's training, so
that the two losses can be compared. The table at the end is of held-out words and books.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from statistics import mean
from typing import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from books import Books
from curriculum import LONG
from data import VALUE, Document, Writer
from evaluate import HERE, load
from memory_saver import (MemorySaver, Reading, load_savers, read_blocks, settings_of,
                          write_savers)
from reader import Reader
from tasks import Tasks

HEAVY = "the heaviest alone, λ = 0"


def documents(writer: Writer, length: int, seed: str) -> Iterator[Document]:
    """Documents of `length` tokens about facts, with up to 14 questions each."""
    recipe = replace(LONG, exact=length)
    for n in range(10**9):
        rng = Random(f"{seed}/{n}")
        document = writer.document(length, recipe, rng)
        while len(document.ids) != length:
            document = writer.document(length, recipe, rng)
        yield document


@dataclass(frozen=True)
class Judged:
    """Of the tokens that see merged slots: nats of each, and its weight as a target."""

    text: Tensor         # (tokens)
    text_weights: Tensor
    turns: Tensor        # (tokens), questions' tokens with weight 0
    turn_weights: Tensor
    right: list[bool]    # (turns), whether each token of the answer is the model's first choice

    def losses(self) -> tuple[Tensor, Tensor]:
        """Of text and of answers, each a weighted mean."""
        weighted = lambda nats, weights: (nats * weights).sum() / weights.sum()
        return weighted(self.text, self.text_weights), weighted(self.turns, self.turn_weights)


def judge(reader: Reader, document: Document, reading: Reading,
          savers: list[MemorySaver] | None) -> Judged:
    """Reads a document, then all of its turns, each as if it alone followed."""
    ids, weights = torch.tensor(document.ids), torch.tensor(document.weights)
    text, text_weights = [], []
    for block in read_blocks(reader, document.ids, reading, savers):
        if block.compressed:
            inside = slice(block.first + 1, block.first + len(block.logits))
            text.append(F.cross_entropy(block.logits[:-1], ids[inside], reduction="none"))
            text_weights.append(weights[inside])
    asked = [i for turn, _ in document.turns for i in turn]
    part = torch.tensor([n for n, (turn, _) in enumerate(document.turns) for _ in turn])
    own = (part[:, None] == part).tril()
    logits, _ = reader.run(asked, block.cache, len(ids), own)
    nexts = torch.tensor(asked[1:])
    turn_weights = torch.tensor([w for _, ws in document.turns for w in ws])[1:]
    wrong = (logits[:-1].argmax(-1) != nexts) & (turn_weights > 0)
    missed = set(part[1:][wrong].tolist())
    return Judged(torch.cat(text), torch.cat(text_weights),
                  F.cross_entropy(logits[:-1], nexts, reduction="none"), turn_weights,
                  [n not in missed for n in range(len(document.turns))])


@dataclass(frozen=True)
class Row:
    """A line of the table, over all held-out documents."""

    text: list[float]     # (documents), nats a token
    answers: list[float]  # the same, of answers' tokens
    values: float         # nats a token, of the part of the answers from the value on
    right: float          # share of answers

    def cells(self, base: Row) -> str:
        """With the difference in answers from another row, document by document."""
        more = torch.tensor(self.answers) - torch.tensor(base.answers)
        error = more.std() / len(more) ** 0.5
        return (f"{mean(self.text):.3f} | {mean(self.answers):.3f} | {more.mean():+.3f} ± "
                f"{error:.3f} | {self.values:.3f} | {self.right:.1%}")


@torch.no_grad()
def row(reader: Reader, held_out: list[Document], reading: Reading,
        savers: list[MemorySaver] | None) -> Row:
    found = [judge(reader, document, reading, savers) for document in held_out]
    text, answers = zip(*([loss.item() for loss in judged.losses()] for judged in found))
    values = torch.cat([judged.turns[judged.turn_weights == VALUE] for judged in found])
    right = [r for judged in found for r in judged.right]
    return Row(list(text), list(answers), values.mean().item(), mean(right))


def heavy_alone(savers: list[MemorySaver]) -> list[MemorySaver]:
    """λ = 0: a merged slot is the one that it stands for."""
    plain = [MemorySaver(c.out_channels, c.in_channels // 2, c.kernel_size[0])
             for c in (saver.layers[0] for saver in savers)]
    for saver in plain:
        saver.normalizer.data.zero_()
    return plain


def train(reader: Reader, savers: list[MemorySaver], drawn: Iterator[Document], reading: Reading,
          steps: int, rate: float, warm_up: float) -> list[float]:
    """The loss of every step."""
    weights = [w for saver in savers for w in saver.parameters()]
    optimizer = torch.optim.AdamW(weights, rate, betas=(0.9, 0.95), weight_decay=0)
    warm = max(1, round(steps * warm_up))
    factor = lambda n: min((n + 1) / warm, (steps - n) / max(1, steps - warm))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    losses, started = [], time.time()
    for step in range(1, steps + 1):
        loss = sum(judge(reader, next(drawn), reading, savers).losses())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        for saver in savers:
            saver.normalizer.data.clamp_(0, 1)
        losses.append(loss.item())
        if step % 50 == 0 or step == steps:
            seconds = time.time() - started
            print(f"step {step}: loss {mean(losses[-50:]):.4f}, λ "
                  + " ".join(f"{saver.normalizer.item():.3f}" for saver in savers)
                  + f", {step / seconds:.2f} steps/s", flush=True)
    return losses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--budget", type=int, default=256)
    parser.add_argument("--kept-share", type=float, default=0.875)
    parser.add_argument("--chunk", type=int, default=128)
    parser.add_argument("--burst", type=int, default=16)
    parser.add_argument("--positions", choices=["slot", "original"], default="slot")
    parser.add_argument("--kernel-size", type=int, default=21)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--warm-up", type=float, default=0.05)
    parser.add_argument("--length", type=int, default=1024, help="tokens of a document")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--held-out", type=int, default=24, help="documents of the table")
    parser.add_argument("--compare", type=Path, nargs="*", default=[],
                        help="files trained for the same reading, as further lines of the table")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    reading = Reading(args.budget, args.kept_share, args.chunk, args.burst, args.positions)
    require(args, reading)
    others = [(path.name, load_savers(path)) for path in args.compare]
    for name, (_, theirs) in others:
        if theirs != reading:
            parser.error(f"{name} was trained for {theirs}, not for {reading}; compare files that "
                         "were trained for the same")
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    model, tokenizer = load(args.folder)
    reader = Reader(model.requires_grad_(False), args.positions)
    shape = model.shape
    savers = [MemorySaver(reading.merged, shape.head_dim, args.kernel_size)
              for _ in range(shape.num_hidden_layers)]
    writer = lambda held_out: Writer(
        tokenizer, Books(args.corpus / "gutenberg", tokenizer, held_out),
        Tasks(HERE, args.corpus / "wordlists", held_out))
    unseen = documents(writer(True), args.length, "held out")
    held_out = [next(unseen) for _ in range(args.held_out)]
    table = lambda named: {name: row(reader, held_out, reading, s) for name, s in named.items()}
    rows = table({"full cache": None, HEAVY: heavy_alone(savers), "start": savers})
    drawn = documents(writer(False), args.length, f"compressor/{args.seed}")
    losses = train(reader, savers, drawn, reading, args.steps, args.rate, args.warm_up)
    rows |= table({"trained": savers, **{name: theirs for name, (theirs, _) in others}})
    write_savers(savers, args.out, {
        "weightsSha256": hashlib.sha256(
            (args.folder / "model.safetensors").read_bytes()).hexdigest(),
        "data": "books, logs and facts of training/data.py",
        "settings": settings_of(reading, loss="next token", taps=args.kernel_size,
                                steps=args.steps, rate=args.rate, warmUp=args.warm_up,
                                length=args.length, seed=args.seed),
        "steps": str(args.steps),
        "history": json.dumps({"losses": losses,
                               "heldOut": {name: asdict(found) for name, found in rows.items()}})})
    print(f"\n| {args.held_out} documents | text | answers | than λ = 0 | values | right |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, found in rows.items():
        print(f"| {name} | {found.cells(rows[HEAVY])} |")


def require(args: argparse.Namespace, reading: Reading) -> None:
    """Ends with a sentence where nothing could be trained."""
    if reading.merged < 1 or reading.merged >= reading.budget:
        raise SystemExit(f"a kept share of {reading.keptShare} of {reading.budget} leaves "
                         f"{reading.merged} slots to merge into; choose one between 0 and 1")
    if not args.out.absolute().parent.is_dir():
        raise SystemExit(f"{args.out} cannot be written; name a file in a folder that exists")
    if args.kernel_size % 2 == 0:
        raise SystemExit(f"the kernel size must be odd, not {args.kernel_size}")
    least = (reading.budget + reading.burst) // reading.chunk * reading.chunk + reading.chunk + 2
    if args.length < least:
        raise SystemExit(f"a length of {args.length} ends before text is read that sees merged "
                         f"slots: that begins at token {least - 1}; raise the length or lower the "
                         "budget and the chunk")


if __name__ == "__main__":
    main()
