// How a model is asked to say that the passages before it do not hold the answer, and how it is known that it said so. Without
// being asked, Qwen2.5-Coder-1.5B makes up an answer every time (docs/research/recall.md).

const instruction =
  'Answer from the text above. If the text does not say it, answer: The text does not say.'

/** The question as it is put to the model. */
export function orSaySo(question: string): string {
  return `${question} ${instruction}`
}

const refusal =
  /^\W*(?:(?:the|this) (?:text|passage|document)|it) (?:does not|doesn['’]t) (?:say|state|mention|specify|provide)\b/i

/** Whether the answer is that the text does not say it. */
export function saysAbsent(answer: string): boolean {
  return refusal.test(answer)
}
