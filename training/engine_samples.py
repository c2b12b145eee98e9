"""Write held-out samples with what transformers answers to them, for the engine to be held against.

    python engine_samples.py FOLDER --corpus CORPUS --out samples.jsonl
    npm run bench:quality -- --data samples.jsonl --tasks "" --policies full --cache f32 --out DIR

Every line is a document, a question and transformers' greedy answer as the
expected one, so the score that bench:quality reports is the share of samples
on which the engine says the same, right or wrong.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from books import Books
from data import Writer
from evaluate import HERE, Cells, load
from tasks import Tasks

CELLS = ["one fact", "4 distractors of the kind", "absent, 4 of the kind", "passkey", "chain, 1 hop"]


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=6, help="of each cell and length")
    parser.add_argument("--lengths", type=int, nargs="+", default=[512, 1024])
    args = parser.parse_args()
    _, drawn = load(args.folder)
    chat = AutoTokenizer.from_pretrained(args.folder)
    model = AutoModelForCausalLM.from_pretrained(args.folder, torch_dtype=torch.float32)
    words = Tasks(HERE, args.corpus / "wordlists", held_out=True)
    cells = Cells(Writer(drawn, Books(args.corpus / "gutenberg", drawn, held_out=True), words))
    lines = []
    for name in CELLS:
        for length in args.lengths:
            rng = Random(f"engine/{name}/{length}")
            for _ in range(args.samples):
                document = cells.table()[name](length, rng).document
                context = drawn.decode(document.ids, skip_special_tokens=True)
                turn = drawn.decode(document.turns[0][0], skip_special_tokens=False)
                question = turn.split("<|end|>")[0].strip()
                prompt = chat.apply_chat_template(
                    [{"role": "user", "content": f"{context}\n\n{question}"}],
                    add_generation_prompt=True, return_tensors="pt", return_dict=True).input_ids
                said = model.generate(prompt, max_new_tokens=60, do_sample=False)[0, prompt.shape[1]:]
                answer = chat.decode(said, skip_special_tokens=True).strip()
                lines.append(json.dumps({"context": context, "question": question,
                                         "answers": [answer], "maxTokens": 60}))
    args.out.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} samples")


if __name__ == "__main__":
    main()
