// Training without a data set: documents with questions, generated on demand.
import { sampleDocument } from '../tasks/sample.ts'
import { madeUpProse } from '../tasks/haystack.ts'
import { randomOf } from '../tasks/random.ts'
import { tasks, type TaskName } from '../tasks/tasks.ts'
import { ownWords } from '../tasks/words.ts'
import type { Choosing, TrainingData } from './data.ts'
import { madeUpNeedles } from './made_up_needles.ts'
import type { TrainingText } from './sample.ts'
import type { TrainingSettings } from '../api/training.ts'

/** Tasks that ask for facts in a document, in other wordings than the sample's. */
const taught: readonly TaskName[] = ['niah_multikey_1', 'niah_multiquery', 'lines', 'kv']

/**
 * Generated documents with questions, a new one every step. Of every eight, four are sample logs, which are full of
 * facts, and three hold a few facts in other text. One is a task of `bench:quality`, with documents that the bench never
 * uses.
 * @param count tokens of a text
 */
export function madeUpData(
  settings: Choosing & Pick<TrainingSettings, 'length' | 'reply' | 'questions'>,
  count: (text: string) => number,
): TrainingData {
  const { seed, heldOut } = settings
  const fitting = taught.filter((name) => fits(() => madeUpTask(name, settings, 'train', 0, count)))
  const madeUp = (kind: 'train' | 'held out', index: number): MadeUp => {
    const task = index % 8 === 7 ? fitting[Math.floor(index / 8) % fitting.length] : undefined
    if (task !== undefined) return madeUpTask(task, settings, kind, index, count)
    if (index % 2 === 0) return madeUpLog(settings, kind, index)
    return madeUpNeedles(settings, randomOf('needles', kind, seed, index), count)
  }
  const text = (kind: 'train' | 'held out', index: number): TrainingText => {
    return { ...madeUp(kind, index), name: `document ${index}` }
  }
  return {
    name: `made-up documents, seed ${seed}`,
    heldOut,
    at: (step) => text('train', step),
    heldOutAt: (index) => text('held out', index),
  }
}

type MadeUp = Omit<TrainingText, 'name'>

function madeUpLog(
  { seed, length, questions }: Parameters<typeof madeUpData>[0],
  kind: string,
  index: number,
): MadeUp {
  const random = randomOf('train', kind, seed, index)
  // from a quarter of the length on, so that heads see documents of every size
  const tokens = Math.floor(length * (0.25 + 0.75 * random.next()) * 0.8)
  const { text, allQuestions } = sampleDocument(tokens, random.below(2 ** 30))
  const asked = random.sample(allQuestions, questions)
  return { context: text, turns: asked.map(({ question, reply }) => ({ question, answer: reply })) }
}

/** A task throws when even its smallest document is too long. */
function fits(make: () => unknown): boolean {
  try {
    make()
    return true
  } catch {
    return false
  }
}

function madeUpTask(
  name: TaskName,
  { seed, length, questions }: Parameters<typeof madeUpData>[0],
  kind: string,
  index: number,
  count: (text: string) => number,
): MadeUp {
  const document = tasks[name]({
    length,
    count,
    seed: `train/${kind}/${seed}/${index}`,
    words: ownWords,
    haystack: madeUpProse,
    questions,
    depth: 0.5,
  })
  const turns = document.questions.map(({ question, lead, answers }) => ({
    question,
    answer: [lead, answers.join(', ')].filter(Boolean).join(' '),
  }))
  return { context: document.context, turns }
}
