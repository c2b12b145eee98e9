"""A text as the model meets it, and what is then asked of it: to repeat it, or to answer about it."""

from __future__ import annotations

from random import Random

from .labels import Exam
from .texts import Text

DOCUMENT, QUESTION = "DocumentStandsHere", "QuestionStandsHere"
REPEAT = "Repeat the text above exactly."


class Exams:
    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        turn = [{"role": "user", "content": f"{DOCUMENT}\n\n{QUESTION}"}]
        text = tokenizer.apply_chat_template(turn, add_generation_prompt=True, tokenize=False)
        self.before, rest = text.split(DOCUMENT)
        self.between, self.after = rest.split(QUESTION)

    def ids(self, text: str) -> list[int]:
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

    def exam(self, text: Text, tokens: int, questions: int, r: Random) -> Exam:
        """The text's first `tokens`, asked about facts that stand within them."""
        body = self.ids(text.text)[:tokens]
        prefix = self.ids(self.before)
        repeated = self.ids(f"{self.between}{REPEAT}{self.after}")
        branches = [("repeat", repeated + body, [False] * len(repeated) + [True] * len(body))]
        read = self.tokenizer.decode(body)
        able = [f for f in text.facts if f.statement in read and f.answer in read]
        for fact in r.sample(able, min(questions, len(able))):
            asked = self.ids(f"{self.between}{fact.question}{self.after}")
            answer = self.ids(fact.answer)
            # the token that is answered from is the one before: the last of the question
            asks = [False] * (len(asked) - 1) + [True] * (len(answer) + 1)
            branches.append(("answer", asked + answer, asks))
        return Exam(prefix + body, branches)
