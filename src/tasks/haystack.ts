// Text around needles. RULER's essays (Paul Graham's) and the usual books cannot be shipped. Prose comes from a small
// seeded grammar or a text file of the user's. The noise sentences are RULER's and InfiniteBench's own.
import type { Random } from './random.ts'
import type { Words } from './words.ts'

export const noise =
  'The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.'

/** An endless stream of sentences. */
export type Haystack = (random: Random, words: Words) => Generator<string, never>

const people = ['Agatha', 'Bruno', 'Celia', 'Dunstan', 'Edwina', 'Florian', 'Gerda', 'Hector']
const places = ['harbour', 'upper town', 'old mill', 'market', 'station', 'north shore', 'valley']
const acts = ['carried', 'mended', 'counted', 'painted', 'forgot', 'sold', 'found', 'described']
const times = ['In the morning', 'Before supper', 'That winter', 'A week later', 'Towards evening']
const reasons = [
  'because nobody else would',
  'without a word to anyone',
  'and thought no more about it',
  'as the weather was turning',
  'although it was already late',
  'which surprised the neighbours',
]

/** Generated prose: grammatical, about nothing. */
export const madeUpProse: Haystack = function* (random, words) {
  const thing = () => `the ${random.pick(words.adjectives)} ${random.pick(words.nouns)}`
  const forms: readonly (() => string)[] = [
    () => `${random.pick(times)} ${random.pick(people)} ${random.pick(acts)} ${thing()}.`,
    () => `${random.pick(people)} ${random.pick(acts)} ${thing()} ${random.pick(reasons)}.`,
    () => `There was talk in the ${random.pick(places)} about ${thing()} and ${thing()}.`,
    () => `Nobody from the ${random.pick(places)} had ever asked for ${thing()}.`,
    () => `“I should have ${random.pick(acts)} ${thing()},” said ${random.pick(people)}.`,
    () =>
      `${random.pick(times)}, ${random.pick(reasons)}, ${random.pick(people)} went to the ${random.pick(places)} with ${thing()}.`,
    () => `It was a ${random.pick(words.adjectives)} day, and ${thing()} stood by the door.`,
  ]
  for (;;) {
    const sentence = random.pick(forms)()
    yield sentence.charAt(0).toUpperCase() + sentence.slice(1)
  }
}

/** The sentences of a text, from a random one on, repeated. */
export function proseOf(text: string): Haystack {
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })
  const sentences = text
    .split(/\n\s*\n/) // a segmenter takes time linear in its whole input for every sentence: minutes for a book
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim()) // a line break would end a sentence
    .flatMap((paragraph) => [...segmenter.segment(paragraph)])
    .map(({ segment }) => segment.trim())
  if (sentences.length === 0) throw new Error('the haystack file has no sentence')
  return function* (random) {
    for (let i = random.below(sentences.length); ; i++) yield sentences[i % sentences.length] ?? ''
  }
}
