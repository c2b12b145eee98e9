"""Hold the engine's merged slots against PyTorch's.

    npm run ask -- --policy lococo --compressor FILE --budget 256 --kept-share 0.875 --chunk 128 \\
        --document DOCUMENT --question ANY --max-tokens 1 --dump DIR
    python check_compressor.py public/models/default --compressor FILE --document DOCUMENT --dump DIR

How the file is to be read stands in its metadata; ask must be told the same. Differences are
shares of the largest value: of a few millionths, where no two slots are so alike in the attention
they got that rounding decides which of them is kept.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file

from evaluate import load
from memory_saver import load_savers, read_blocks
from reader import Reader
from tokenizer import BOS, USER


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--compressor", type=Path, required=True)
    parser.add_argument("--document", type=Path, required=True)
    parser.add_argument("--dump", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, tokenizer = load(args.folder)
    savers, reading = load_savers(args.compressor)
    text = args.document.read_text(encoding="utf-8")
    ids = [BOS, USER, *tokenizer.encode(text, add_special_tokens=False).ids]
    *_, last = read_blocks(Reader(model, reading.positions), ids, reading, savers)
    theirs = load_file(args.dump / "merged.safetensors")
    print(f"{len(ids)} tokens, {reading}")
    for i, pair in enumerate(last.cache):
        for name, ours in zip(("keys", "values"), pair):
            ours, found = ours[:, -reading.merged:], theirs[f"model.layers.{i}.{name}"]
            share = ((ours - found).abs().amax() / ours.abs().amax()).item()
            print(f"layer {i} {name} {tuple(found.shape)}: largest difference {share:.1e}")


if __name__ == "__main__":
    main()
