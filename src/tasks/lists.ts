// Our own tasks: lists of things that stand all over a text, one in every dozen sentences, among others that look like them. No
// passage states the answer, and a list of half of them is half right.
import { fit } from './fit.ts'
import { firstInteger, itemsF1 } from './metrics.ts'
import type { Random } from './random.ts'
import type { Generator, Question } from './task.ts'

/** Sentences for each thing of the list, the distractor beside it counted. */
const sentencesEach = 12

/** What is listed, and how the text speaks of it. */
interface Kind {
  readonly name: (random: Random) => string
  /** to be listed */
  readonly wanted: readonly string[]
  /** not to be listed, as alike as can be */
  readonly others: readonly string[]
  readonly question: (names: readonly string[]) => Omit<Question, 'lead'>
}

/** None of them among the nouns of `words.ts`, which stand all over made-up prose. */
const animals = (
  'badger bear beaver bison crow deer ferret finch goose hare hedgehog hyena jackal lynx magpie marten mole moose newt ' +
  'partridge peacock pelican pheasant polecat puffin rook seal squirrel stoat stork toad vole vulture walrus weasel'
).split(' ')

const invoices = {
  name: (random) => random.digits(4),
  wanted: [
    'I enclose invoice NAME for the THING.',
    'Invoice NAME, for the THING, has not been paid yet.',
    'With this letter comes invoice NAME for the THING.',
    'About the THING there is invoice NAME, which is due in March.',
  ],
  others: [
    'Your order NAME for the THING has not arrived.',
    'Parcel NAME with the THING went by the morning train.',
    'The THING stands in the catalogue as number NAME.',
  ],
} as const satisfies Omit<Kind, 'question'>

/** Of numbers of four digits, as all numbers of these texts are. */
const numbersF1 = itemsF1((said) => said.match(/\d{4}/g) ?? [])

const numbersListed: Kind = {
  ...invoices,
  question: (names) => ({
    question: 'List the number of every invoice.',
    answers: names,
    metric: numbersF1,
    maxTokens: 16 * names.length,
  }),
}

const numbersCounted: Kind = {
  ...invoices,
  question: (names) => ({
    question: 'How many invoices are there?',
    answers: [String(names.length)],
    metric: firstInteger,
    maxTokens: 24,
  }),
}

const animalsF1 = itemsF1((said) =>
  (said.toLowerCase().match(/[a-z]+/g) ?? [])
    .map((word) => (animals.includes(word) ? word : word.replace(/s$/, '')))
    .filter((word) => animals.includes(word)),
)

const animalsSeen: Kind = {
  name: (random) => random.pick(animals),
  wanted: [
    'We saw a NAME by the THING.',
    'A NAME was seen near the THING at noon.',
    'From the tower a NAME could be seen behind the THING.',
  ],
  others: [
    'The inn by the THING is called the NAME.',
    'Somebody had carved a NAME on the THING.',
    'Nobody believed the tale of the NAME and the THING.',
  ],
  question: (names) => ({
    question: 'Which animals were seen? List all of them.',
    answers: names,
    metric: animalsF1,
    maxTokens: 16 * names.length,
  }),
}

function list(kind: Kind): Generator {
  return (request) =>
    fit(request, sentencesEach, (size, random) => {
      const { words } = request
      const filler = request.haystack(random, words)
      const listed = new Set<string>()
      const others = new Set<string>()
      const newName = (mine: Set<string>, theirs: Set<string>) => {
        let name = kind.name(random)
        // animals run out in a long text: then one is seen twice, and none that was not
        for (let tries = 0; theirs.has(name) || (mine.has(name) && tries < 1000); tries++)
          name = kind.name(random)
        mine.add(name)
        return name
      }
      const write = (form: string, name: string) =>
        form
          .replace('NAME', name)
          .replace('THING', `${random.pick(words.adjectives)} ${random.pick(words.nouns)}`)
      const paragraphs: string[] = []
      for (let sentence = 0; sentence < size; sentence += sentencesEach) {
        const paragraph: string[] = Array.from(
          { length: Math.min(sentencesEach, size - sentence) },
          () => filler.next().value,
        )
        const put = (text: string) => paragraph.splice(random.below(paragraph.length), 0, text)
        const name = newName(listed, others)
        put(write(random.pick(kind.wanted), name))
        put(write(random.pick(kind.others), newName(others, listed)))
        paragraphs.push(paragraph.join(' '))
      }
      return {
        context: paragraphs.join('\n\n'),
        questions: [{ ...kind.question([...listed]), lead: '' }],
      }
    })
}

export const listInvoices = list(numbersListed)
export const countInvoices = list(numbersCounted)
export const listSightings = list(animalsSeen)
