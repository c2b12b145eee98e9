"""Prove that an exported folder is what transformers thinks it is.

    python check_export.py FOLDER

Compares our logits with those of transformers' LlamaForCausalLM on random
tokens, the tokenizer's round trip, and the chat template.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from evaluate import load


def main() -> None:
    folder = Path(sys.argv[1])
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


if __name__ == "__main__":
    main()
