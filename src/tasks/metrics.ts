// Scores of an answer, 0 … 1, as their benchmarks define them. Pure functions of texts.

export type Metric = (prediction: string, answers: readonly string[]) => number

const clean = (text: string) =>
  text
    .replace(/[\u0000-\u001f]/g, '\n')
    .trim()
    .toLowerCase()

/** RULER `string_match_all`: the share of the answers that occur in the prediction. */
export const matchAll: Metric = (prediction, answers) => {
  const found = answers.filter((answer) => clean(prediction).includes(clean(answer)))
  return found.length / answers.length
}

/** RULER `string_match_part`: whether any answer occurs in the prediction. */
export const matchAny: Metric = (prediction, answers) =>
  answers.some((answer) => clean(prediction).includes(clean(answer))) ? 1 : 0

/** Our books: whether any answer occurs as whole words. */
export const anyWords: Metric = (prediction, answers) => {
  const said = ` ${wordsOf(prediction)} `
  return answers.some((answer) => said.includes(` ${wordsOf(answer)} `)) ? 1 : 0
}

function wordsOf(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')
}

/** InfiniteBench passkey and number string, LongEval lines: the first integer is the answer. */
export const firstInteger: Metric = (prediction, answers) =>
  oneOf(/\d+/.exec(prediction)?.[0], answers)

/** InfiniteBench math find: the first number, which may have a sign and decimals, equals the answer. */
export const firstNumber: Metric = (prediction, answers) => {
  const [found] = /-?\d+(\.\d+)?/.exec(prediction) ?? []
  return found !== undefined && answers.some((answer) => Number(answer) === Number(found)) ? 1 : 0
}

/** InfiniteBench KV retrieval: the answer is one of the words, without punctuation. */
export const amongWords: Metric = (prediction, answers) => {
  const words = prediction.replace(/[\n:"'.,?!{}]/g, ' ').split(/\s+/)
  return answers.some((answer) => words.includes(answer)) ? 1 : 0
}

/** The whole answer and nothing else, except for case and white space. */
export const exact: Metric = (prediction, answers) =>
  answers.some((answer) => clean(answer) === clean(prediction)) ? 1 : 0

/** SQuAD's and LongBench's F1 over normalised words, the best of the answers. */
export const wordF1: Metric = (prediction, answers) =>
  best(answers, (answer) => {
    const [said, wanted] = [normalWords(prediction), normalWords(answer)]
    return f1(overlap(said, wanted), said.length, wanted.length)
  })

/** Our lists: F1 of the things that the prediction names, each counted once. @param named finds them in a text */
export const itemsF1 =
  (named: (text: string) => readonly string[]): Metric =>
  (prediction, answers) => {
    const said = new Set(named(prediction))
    return f1(answers.filter((answer) => said.has(answer)).length, said.size, answers.length)
  }

/** ROUGE-L, LongBench's for summaries: F1 of the longest common subsequence of words. */
export const rougeL: Metric = (prediction, answers) =>
  best(answers, (answer) => {
    const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
    const [said, wanted] = [words(prediction), words(answer)]
    return f1(commonSubsequence(said, wanted), said.length, wanted.length)
  })

/** By name, for files that name one; a task may score by one of its own. */
export const metrics = {
  matchAll,
  matchAny,
  anyWords,
  firstInteger,
  firstNumber,
  amongWords,
  exact,
  wordF1,
  rougeL,
} satisfies Record<string, Metric>

/** The name of one of these; undefined of a task's own. */
export function nameOf(metric: Metric): string | undefined {
  return Object.entries(metrics).find(([, known]) => known === metric)?.[0]
}

function oneOf(found: string | undefined, answers: readonly string[]): number {
  return found !== undefined && answers.includes(found) ? 1 : 0
}

function best(answers: readonly string[], score: (answer: string) => number): number {
  return Math.max(0, ...answers.map(score))
}

function f1(shared: number, said: number, wanted: number): number {
  return shared === 0 ? 0 : (2 * shared) / (said + wanted)
}

/** SQuAD's normalisation: lower case, no punctuation, no articles. */
function normalWords(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .split(/\s+/)
    .filter((word) => !['', 'a', 'an', 'the'].includes(word))
}

/** Words in both, each as often as in the text that has it less often. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>()
  for (const word of b) left.set(word, (left.get(word) ?? 0) + 1)
  return a.filter((word) => {
    const count = left.get(word) ?? 0
    left.set(word, count - 1)
    return count > 0
  }).length
}

function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const word of a) {
    const next = [0]
    b.forEach((other, j) => {
      next.push(word === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0))
    })
    row = next
  }
  return row[b.length] ?? 0
}
