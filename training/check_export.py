"""Prove that an exported folder is what transformers thinks it is.

    python check_export.py FOLDER [--fixture ../fixtures/default]

Compares our logits with those of transformers' LlamaForCausalLM on random
tokens, the tokenizer's round trip, and the chat template. With --fixture it
writes what transformers answers to a question about a short text, for the
engine's test of the same (src/reading/default_model.gpu.test.ts).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from evaluate import load


DOCUMENT = (
    "Wind north, fresh. The access code of the old cellar is 40217. All well on board. "
    "The pass key is 68412. Remember it. 68412 is the pass key. Sky clear, sea slight. "
    "Karl Denwick was born in Marhaven. The night passed quietly.")
QUESTION = "What is the pass key?"


@torch.no_grad()
def write_fixture(folder: Path, model: torch.nn.Module, tokenizer, out: Path) -> None:
    """The greedy answer to QUESTION, and the logits of its first token, as f32."""
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": f"{DOCUMENT}\n\n{QUESTION}"}],
        add_generation_prompt=True, return_tensors="pt", return_dict=True).input_ids
    logits = model(prompt).logits[0, -1]
    answer = model.generate(prompt, max_new_tokens=32, do_sample=False)[0, prompt.shape[1]:]
    out.mkdir(parents=True, exist_ok=True)
    (out / "expected.json").write_text(json.dumps({
        "weightsSha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "document": DOCUMENT, "question": QUESTION, "promptTokens": prompt.shape[1],
        "answerIds": answer[:-1].tolist(), "answer": tokenizer.decode(answer[:-1])},
        indent=2) + "\n")
    logits.numpy().astype("<f4").tofile(out / "logits.bin")
    print(tokenizer.decode(answer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fixture", type=Path)
    args = parser.parse_args()
    folder = args.folder
    ours, tokenizer = load(folder)
    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = torch.randint(5, ours.shape.vocab_size, (2, 700), generator=torch.Generator().manual_seed(1))
    mask = torch.ones(2, 1, 700, 700, dtype=torch.bool).tril()
    with torch.no_grad():
        a = ours(ids, torch.arange(700).expand(2, 700), mask)
        b = theirs(ids).logits
    print(f"logits: largest difference {(a - b).abs().max():.2e} of {b.abs().max():.2f}")
    assert (a - b).abs().max() < 1e-3

    auto = AutoTokenizer.from_pretrained(folder)
    text = "The access code of the old cellar is 40217.\n\nCafé — naïve? “Yes”, line\ttwo 🙂"
    assert auto.decode(auto(text, add_special_tokens=False).input_ids) == text
    assert auto(text).input_ids == tokenizer.encode(text).ids
    assert auto(text).input_ids[0] == 0
    chat = auto.apply_chat_template([{"role": "user", "content": "Hello"}],
                                    add_generation_prompt=True, tokenize=False)
    assert chat == "<s><|user|>Hello<|end|><|assistant|>", chat
    print("tokenizer and chat template agree")
    if args.fixture:
        write_fixture(folder, theirs, auto, args.fixture)


if __name__ == "__main__":
    main()
