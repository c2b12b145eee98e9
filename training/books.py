"""Books as tokenised sentences: the haystack, and the prose to model.

Two whole books are held out for evaluation.
"""

from __future__ import annotations

import re
from pathlib import Path

from tokenizers import Tokenizer

HELD_OUT = ("austen-persuasion.txt", "carroll-alice.txt")
LONGEST = 80  # tokens; a longer sentence is left out


def read_sentences(path: Path) -> list[str]:
    """Sentences of one book, white space made single."""
    text = path.read_text(encoding="utf-8", errors="replace")
    text = " ".join(re.sub(r"^\[.*?\]", "", text).replace("_", "").split())
    return [s for s in re.split(r"(?<=[.!?]) ", text) if s]


class Books:
    """All sentences of the chosen books in order, with their tokens."""

    def __init__(self, folder: Path, tokenizer: Tokenizer, held_out: bool = False):
        self.texts: list[str] = []
        self.ids: list[list[int]] = []  # with the leading space
        for path in sorted(folder.glob("*.txt")):
            if (path.name in HELD_OUT) == held_out:
                texts = read_sentences(path)
                coded = tokenizer.encode_batch([" " + s for s in texts], add_special_tokens=False)
                for text, code in zip(texts, coded):
                    if len(code.ids) <= LONGEST:
                        self.texts.append(text)
                        self.ids.append(code.ids)

    def __len__(self) -> int:
        return len(self.ids)
