// RULER's needles (Hsieh et al. 2024, arXiv 2404.06654; `niah.py`, `synthetic.yaml`): sentences with magic numbers, words
// or uuids in noise, prose or other needles. RULER asks one question per document. Here more keys of the same document
// can be asked for; the document is unchanged.
import { depthOf, fit } from './fit.ts'
import { noise } from './haystack.ts'
import { matchAll } from './metrics.ts'
import type { Random } from './random.ts'
import type { Generator, Question, TaskRequest } from './task.ts'
import { newKey } from './words.ts'

interface NiahForm {
  readonly hay: 'noise' | 'prose' | 'needles'
  readonly keys: 'words' | 'uuids'
  readonly values: 'numbers' | 'uuids'
  /** keys in the text; in a haystack of needles, in addition to the haystack */
  readonly needles: number
  readonly valuesPerKey: number
  /** keys named in one question */
  readonly asked: number
}

const single = { keys: 'words', needles: 1, valuesPerKey: 1, asked: 1 } as const

export const niahForms = {
  niah_single_1: { ...single, hay: 'noise', values: 'numbers' },
  niah_single_2: { ...single, hay: 'prose', values: 'numbers' },
  niah_single_3: { ...single, hay: 'prose', values: 'uuids' },
  niah_multikey_1: { ...single, hay: 'prose', values: 'numbers', needles: 4 },
  niah_multikey_2: { ...single, hay: 'needles', values: 'numbers' },
  niah_multikey_3: { ...single, hay: 'needles', keys: 'uuids', values: 'uuids' },
  niah_multivalue: { ...single, hay: 'prose', values: 'numbers', valuesPerKey: 4 },
  niah_multiquery: { ...single, hay: 'prose', values: 'numbers', needles: 4, asked: 4 },
} as const satisfies Record<string, NiahForm>

interface Needle {
  readonly key: string
  readonly values: readonly string[]
}

/** RULER draws depths from these: 40 steps of the document. */
const depths = Array.from({ length: 40 }, (_, i) => i / 39)

export function niah(form: NiahForm): Generator {
  return (request) =>
    fit(request, form.hay === 'needles' ? request.questions : 2, (size, random) => {
      const taken = new Set<string>()
      const draw = (): Needle => ({
        key: form.keys === 'uuids' ? random.uuid() : newKey(request.words, random, taken),
        values: Array.from({ length: form.valuesPerKey }, () =>
          form.values === 'uuids' ? random.uuid() : random.digits(7),
        ),
      })
      const needles = Array.from({ length: form.needles }, draw)
      const others = form.hay === 'needles' ? Array.from({ length: size }, draw) : []
      const planted = random.shuffle(needles.flatMap((needle) => sentencesOf(needle, form)))
      const hay = others.flatMap((needle) => sentencesOf(needle, form))
      const context = hide(planted, form, size, hay, request, random)
      const askable = random.shuffle([...needles.slice(1), ...others])
      const asked = [needles.slice(0, form.asked), ...askable.map((needle) => [needle])].slice(
        0,
        form.asked > 1 ? 1 : request.questions,
      )
      return {
        context: `${header(form)}\n${context}`,
        questions: asked.map((group) => questionFor(group, form, context)),
      }
    })
}

/** The needle grid: niah_single_2 with its needle at a given depth. */
export const needleGrid: Generator = (request) => {
  const form = niahForms.niah_single_2
  return fit(request, 2, (size, random) => {
    const needle = { key: newKey(request.words, random, new Set()), values: [random.digits(7)] }
    const sentences = prose(size, request, random)
    sentences.splice(Math.round(request.depth * size), 0, ...sentencesOf(needle, form))
    const context = sentences.join(' ')
    const question = { ...questionFor([needle], form, context), depth: request.depth }
    return { context: `${header(form)}\n${context}`, questions: [question] }
  })
}

function sentencesOf({ key, values }: Needle, form: NiahForm): string[] {
  return values.map((value) => `One of the special magic ${form.values} for ${key} is: ${value}.`)
}

function hide(
  planted: readonly string[],
  form: NiahForm,
  size: number,
  others: readonly string[],
  request: TaskRequest,
  random: Random,
): string {
  if (form.hay === 'prose') {
    const sentences = prose(size, request, random)
    const indices = random.sample(depths, planted.length).map((depth) => Math.floor(depth * size))
    return insert(sentences, planted, indices).join(' ')
  }
  const lines = form.hay === 'noise' ? new Array<string>(size).fill(noise) : [...others]
  const indices = planted.map(() => random.below(lines.length + 1))
  return insert(lines, planted, indices).join('\n')
}

/** Inserts each of `planted` before the sentence at its index. */
function insert(
  hay: readonly string[],
  planted: readonly string[],
  indices: readonly number[],
): string[] {
  const sorted = [...indices].sort((a, b) => a - b)
  const text = [...hay]
  for (let i = planted.length - 1; i >= 0; i--) text.splice(sorted[i] ?? 0, 0, planted[i] ?? '')
  return text
}

function prose(count: number, { haystack, words }: TaskRequest, random: Random): string[] {
  const source = haystack(random, words)
  return Array.from({ length: count }, () => source.next().value)
}

/** RULER's template is in the singular where one answer is wanted. */
function isSingular(form: NiahForm): boolean {
  return form.valuesPerKey * form.asked === 1
}

function typeOf(form: NiahForm): string {
  return isSingular(form) ? form.values.slice(0, -1) : form.values
}

function header(form: NiahForm): string {
  const type = typeOf(form)
  const opening = isSingular(form)
    ? `A special magic ${type} is hidden`
    : `Some special magic ${type} are hidden`
  return `${opening} within the following text. Make sure to memorize it. I will quiz you about the ${type} afterwards.`
}

function questionFor(group: readonly Needle[], form: NiahForm, context: string): Question {
  const type = typeOf(form)
  const keys = group.map(({ key }) => key)
  const last = keys.at(-1) ?? ''
  const query = keys.length > 1 ? `${keys.slice(0, -1).join(', ')}, and ${last}` : last
  const what = isSingular(form) ? 'What is the' : 'What are all the'
  const verb = isSingular(form) ? 'is' : 'are'
  const [first] = group
  return {
    question: `${what} special magic ${type} for ${query} mentioned in the provided text?`,
    lead: ` The special magic ${type} for ${query} mentioned in the provided text ${verb}`,
    answers: group.flatMap(({ values }) => values),
    metric: matchAll,
    maxTokens: 128,
    ...(isSingular(form) && first
      ? { depth: depthOf(context, sentencesOf(first, form)[0] ?? '') }
      : {}),
  }
}
