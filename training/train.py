"""Train the default model; resumes from its last checkpoint.

    python train.py --run RUN --corpus CORPUS

The tokenizer follows from the corpus, the templates and the seed, batch n from
(seed, n), the first weights from the seed. A resumed run therefore continues
with the batch it would have seen next. How many batches it sees is a question
of time: the rate falls by the minute, so that a run ends when it has to.

On a CPU the ranks are processes of one thread each that average their
gradients once a step: on cores shared with other work this is over twice as
fast as two threads, which would wait for each other in every operation. On a
GPU (`--device cuda`) there is one rank, and many processes write its batches.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from random import Random

import torch
import torch.distributed as dist
import torch.multiprocessing
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from books import HELD_OUT, Books, read_sentences
from curriculum import form_at, rate_at
from data import COPY, LEAD, PROSE, VALUE, Rows, Writer, choose_targets, make_batch
from export import export
from model import Llama, Shape
from muon import Muon
from prose import nats, windows
from tasks import Tasks
from tokenizer import train_tokenizer
from wiring import wire

WIRED = ("model.layers.0.self_attn.", "model.layers.1.self_attn.")
HERE = Path(__file__).parent
SHAPE = Shape(hidden_size=192, intermediate_size=512, num_hidden_layers=5,
              num_attention_heads=6, num_key_value_heads=3, head_dim=32, rope_theta=5e6)


def make_tokenizer(run: Path, corpus: Path, seed: int) -> Tokenizer:
    """Load the run's tokenizer, or learn it from books and filled-in templates."""
    path = run / "tokenizer.json"
    if not path.exists():
        texts = [" ".join(read_sentences(p)) for p in sorted((corpus / "gutenberg").glob("*.txt"))
                 if p.name not in HELD_OUT]
        rng, tasks = Random(seed), Tasks(HERE, corpus / "wordlists")
        for _ in range(3000):
            for kind in tasks.templates["facts"]:
                fact = tasks.fact(kind, rng, set())
                turn = fact.turns[0]
                texts.append(f" {fact.sentences[0]} {turn.question} {turn.lead}{turn.rest}")
            texts.append(" ".join(tasks.chain(rng, 2).sentences + tasks.passkey(rng).sentences))
            texts += [tasks.log_sentence(rng) for _ in range(6)]
        train_tokenizer(texts, SHAPE.vocab_size).save(str(path))
    return Tokenizer.from_file(str(path))


class Batches(IterableDataset):
    """The run's batches from batch `step` on, written by processes of their own in turn."""

    def __init__(self, args: argparse.Namespace, rank: int, step: int, tokens: int):
        self.run, self.corpus, self.seed, self.ranks = args.run, args.corpus, args.seed, args.ranks
        self.rank, self.step, self.tokens = rank, step, tokens

    def __iter__(self):
        torch.set_num_threads(1)
        tokenizer = make_tokenizer(self.run, self.corpus, self.seed)
        books = Books(self.corpus / "gutenberg", tokenizer)
        writer = Writer(tokenizer, books, Tasks(HERE, self.corpus / "wordlists"))
        worker = get_worker_info()
        step, tokens = self.step, self.tokens
        while True:
            form = form_at(tokens, Random(f"{self.seed}/{step}"))  # the same for all ranks
            rng = Random(f"{self.seed}/{step}/{self.rank}")
            rows = max(1, form.rows // self.ranks)
            if (step - self.step) % worker.num_workers == worker.id:
                yield make_batch(writer, form.length, rows, form.recipe, rng)
            tokens += rows * form.length * self.ranks
            step += 1


def loss_of(model: Llama, ids: Tensor, positions: Tensor, mask: Tensor, where: Tensor,
            targets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted mean loss, and the loss of each chosen target."""
    logits = model(ids, positions, mask, where)
    losses = F.cross_entropy(logits, targets, reduction="none")
    return (losses * weights).sum() / weights.sum(), losses.detach()


def mixed_loss_of(model: Llama, *tensors: Tensor) -> tuple[Tensor, Tensor]:
    """`loss_of` with products in bf16: 1.3 times as fast on cores that have it."""
    with torch.autocast(tensors[0].device.type, torch.bfloat16):
        return loss_of(model, *tensors)


class ProseWeight:
    """What prose counts for: less the more the books trained on are known by heart.

    There is little prose, and a run on a GPU goes over it many times. Whenever the model
    foresees those books better than held-out ones by more than GAP, prose counts half as much.
    """

    WINDOW, COUNT, GAP = 512, 64, 0.4  # tokens, windows of each, nats a token

    def __init__(self, corpus: Path, tokenizer: Tokenizer, device: str):
        books = [Books(corpus / "gutenberg", tokenizer, held_out=held_out)
                 for held_out in (True, False)]
        self.windows = [windows(b, self.WINDOW, self.COUNT).to(device) for b in books]
        self.now = 1.0

    def look(self, model: Llama) -> tuple[float, float]:
        """Nats a token of held-out books and of those trained on."""
        held_out, trained = (nats(model, ids) for ids in self.windows)
        self.now = self.now / 2 if held_out - trained > self.GAP else min(1.0, self.now * 2)
        return held_out, trained


def average_gradients(weights: list[torch.nn.Parameter], ranks: int, clock: float) -> float:
    """Replace every gradient by its mean over the ranks, and return that of their clocks."""
    flat = torch.cat([w.grad.flatten() for w in weights] + [torch.tensor([clock])])
    dist.all_reduce(flat)
    flat /= ranks
    for w, part in zip(weights, flat[:-1].split([w.numel() for w in weights])):
        w.grad.copy_(part.view_as(w))
    return flat[-1].item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder of checkpoints and logs")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ranks", type=int, default=2, help="processes, one thread each")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--writers", type=int, default=1, help="processes a rank that write batches")
    parser.add_argument("--muon-rate", type=float, default=0.01)
    parser.add_argument("--wired-rate", type=float, default=0.0015, help="of what wiring.py wrote")
    parser.add_argument("--adam-rate", type=float, default=5e-4)
    parser.add_argument("--warm", type=float, default=5e4, help="tokens of warm-up")
    parser.add_argument("--cool", type=float, default=14, help="minutes until the rates fall")
    parser.add_argument("--end", type=float, default=60, help="minutes until the run ends")
    parser.add_argument("--save-every", type=float, default=300, help="seconds")
    parser.add_argument("--look-every", type=int, default=300, help="steps between looks at prose")
    parser.add_argument("--weights", type=Path, help="go on from these instead of the last ones")
    parser.add_argument("--seen", type=int, default=0, help="tokens that --weights have seen; the warm-up is after them")
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    make_tokenizer(args.run, args.corpus, args.seed)
    (args.run / "meeting").unlink(missing_ok=True)
    torch.multiprocessing.spawn(train, (args,), args.ranks)


def train(rank: int, args: argparse.Namespace) -> None:
    """One rank of the run."""
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    if args.ranks > 1:
        dist.init_process_group("gloo", f"file://{args.run / 'meeting'}", rank=rank,
                                world_size=args.ranks)
    tokenizer = make_tokenizer(args.run, args.corpus, args.seed)
    model = Llama(SHAPE)
    wire(model, args.seed)
    model.to(args.device)
    torch.set_float32_matmul_precision("high")
    matrices = {n: p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n}
    wired = [p for n, p in matrices.items() if n.startswith(WIRED)]
    drawn = [p for n, p in matrices.items() if not n.startswith(WIRED)]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    optimizers = [Muon(wired, args.wired_rate, rank=rank, ranks=args.ranks),
                  Muon(drawn, args.muon_rate, rank=rank, ranks=args.ranks),
                  torch.optim.AdamW(others, args.adam_rate, betas=(0.9, 0.95), weight_decay=0.0)]
    rates = [args.wired_rate, args.muon_rate, args.adam_rate]
    step = tokens = 0
    trained = 0.0  # minutes
    generator = torch.Generator(args.device).manual_seed(args.seed)
    prose_weight = ProseWeight(args.corpus, tokenizer, args.device)
    checkpoint = args.run / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False, map_location=args.device)
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        step, tokens, trained = state["step"], state["tokens"], state["trained"]
        prose_weight.now = state.get("prose", 1.0)
        if args.device == state.get("device", "cpu"):  # each has generators of its own
            generator.set_state(state["generator"].cpu())
    if args.weights:  # a mean of earlier exports (average.py), or what is shipped
        model.load_state_dict({n: w.float() for n, w in load_file(args.weights).items()})
        tokens = max(tokens, args.seen)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, step {step}, "
          f"{tokens:,} tokens", flush=True)

    def save() -> None:
        if rank:
            return
        state = {"model": model.state_dict(), "step": step, "tokens": tokens, "trained": minutes,
                 "optimizers": [o.state_dict() for o in optimizers],
                 "generator": generator.get_state(), "device": args.device,
                 "prose": prose_weight.now}
        torch.save(state, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").rename(checkpoint)
        export(model, tokenizer, args.run / "export")

    minutes = trained
    save()
    # One static graph a stage. The model is an argument, its weights are not copied.
    fast_loss = torch.compile(lambda *tensors: mixed_loss_of(model, *tensors), dynamic=False)
    loader = iter(DataLoader(Batches(args, rank, step, tokens),
                             batch_size=None, num_workers=args.writers, prefetch_factor=4))
    started = last_save = last_log = time.time()
    since, sums, counts = 0, *torch.zeros(2, 4, device=args.device)
    kinds = torch.tensor([PROSE, LEAD, COPY, VALUE], device=args.device)
    log = open(args.run / "log.jsonl", "a")
    while minutes < args.end:
        batch: Rows = next(loader).to(args.device)
        targets, weights = batch.targets()
        where = choose_targets(weights, batch.ids.numel() * 3 // 8, generator)
        chosen = weights.flatten()[where]
        kind = (chosen[:, None] - kinds).abs() < 1e-4  # (N, 4)
        if prose_weight.now < 1:
            chosen = chosen.where(~kind[:, 0], chosen * prose_weight.now)
        loss, losses = fast_loss(batch.ids, batch.positions, batch.mask(), where,
                                 targets.flatten()[where], chosen)
        loss.backward()
        minutes = trained + (time.time() - started) / 60
        if args.ranks > 1:
            minutes = average_gradients(list(model.parameters()), args.ranks, minutes)
        factor = rate_at(tokens - args.seen, minutes, args.warm, args.cool, args.end)
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        for optimizer, rate in zip(optimizers, rates):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
            optimizer.step()
        model.zero_grad()
        step += 1
        tokens += batch.ids.numel() * args.ranks
        since += batch.ids.numel() * args.ranks
        sums += (losses[:, None] * kind).sum(0)
        counts += kind.sum(0)
        if step % args.look_every == 0:
            held_out, known = prose_weight.look(model)
            print(f"books held out {held_out:.3f} nats, trained on {known:.3f}; "
                  f"prose counts {prose_weight.now}", flush=True)
        now = time.time()
        if step % 50 == 0 and rank == 0:
            prose, lead, copy, value = (sums / counts.clamp(min=1)).tolist()
            line = {"step": step, "tokens": tokens, "length": batch.ids.shape[1],
                    "prose": round(prose, 4), "lead": round(lead, 4), "copy": round(copy, 4),
                    "value": round(value, 4), "rate": round(factor, 3), "minutes": round(minutes, 1),
                    "tokensPerSecond": round(since / (now - last_log)), "time": round(now)}
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()
            sums.zero_(), counts.zero_()
            since, last_log = 0, now
        if now - last_save > args.save_every:
            save()
            last_save = now
    save()
    print(f"done after {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
