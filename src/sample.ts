// A made-up ship's log to try the page with: the same text for the same seed, any length, with facts planted along the way
// and the questions that they answer.

export interface SampleQuestion {
  readonly question: string
  readonly answer: string
}

export interface Sample {
  readonly text: string
  readonly questions: readonly SampleQuestion[]
}

/** of this text, by common tokenizers */
const unitsPerToken = 4

const winds = [
  'north',
  'north-east',
  'east',
  'south-east',
  'south',
  'south-west',
  'west',
  'north-west',
]
const strengths = ['light', 'light and shifting', 'steady', 'fresh', 'strong', 'strong with gusts']
const skies = [
  'Sky clear to the horizon.',
  'High thin cloud all day.',
  'Fog until the forenoon watch, then bright.',
  'Rain in the night, heavy at times.',
  'Hazy, with a ring around the moon after dark.',
  'Low cloud; no noon sight could be taken.',
  'A long swell and not a bird to be seen.',
  'Warm, with lightning far to the south.',
]
const people = [
  'Orla Venn',
  'Tobias Crake',
  'Ines Marlow',
  'Hob Tansley',
  'Perpetua Lind',
  'Amos Quill',
  'Judith Farrow',
  'Caspar Dunne',
  'Wenna Pascoe',
  'Elias Thorne',
]
const duties = [
  '{a} and {b} overhauled the fore topsail braces',
  '{a} took soundings every half hour and found no bottom',
  '{a} repaired the bilge pump with leather cut by {b}',
  '{a} showed the new hands how to splice wire',
  '{a} copied the week’s readings fair while {b} held the lamp',
  '{a} painted the after rail and {b} leaned on it before it was dry',
  '{a} counted the biscuit and reported it sound',
  '{a} found a split plank in the long boat and put a patch on it',
  '{a} stood two watches because {b} was unwell',
  '{a} mended the galley stove for the third time this month',
  '{a} aired the spare sails on the main deck',
  '{a} and {b} measured the current with a drifting cask',
]
const sightings = [
  'Passed a barque under full sail that did not answer our signal.',
  'Two whales kept company with us for an hour.',
  'Saw a light to leeward in the middle watch and lost it again.',
  'Drift weed in long yellow lines, and small crabs living on it.',
  'A land bird came aboard, rested on the binnacle and left at sunset.',
  'Exchanged news with a fishing smack; they had none.',
  'Flying fish on deck in the morning, enough for the officers’ breakfast.',
  'An empty boat, bottom up and long in the water. No name could be read.',
  'Heard surf before dawn where the chart shows deep water, and stood off.',
  'Nothing sighted.',
]
const suppers = [
  'pea soup',
  'salt pork and onions',
  'fish stew',
  'barley with the last of the butter',
  'rice and raisins',
  'dumplings of a kind',
  'hard cheese and pickles',
]
const remarks = [
  'All well.',
  'The crew are cheerful.',
  'Some grumbling about the tobacco.',
  'We sang after supper, not well.',
  'The clocks agree to within two seconds.',
  'I slept badly and have no reason for it.',
  'A good day’s work.',
  'The ink has begun to freeze in the mornings.',
  'The charts here are older than my father.',
  'Everyone is tired.',
]
const places = [
  'inside the cracked ship’s bell',
  'under the third step of the after ladder',
  'in the flour bin, wrapped in oilcloth',
  'behind the loose panel in the chart room',
  'sewn into the lining of the old pilot coat',
]
const ports = ['Port Sallow', 'Greywater', 'Saint Osric', 'Little Harrow', 'Cape Merrin']
const colours = ['dark green', 'yellow', 'sky blue', 'red', 'white']
const cats = ['Brisket', 'Lady Halyard', 'Pitch', 'Admiral', 'Mustard']

/** A log of about this many tokens. Pure: nothing but the arguments decides it. */
export function sampleDocument(tokens = 100_000, seed = 1): Sample {
  const random = generator(seed)
  const facts = plantedFacts(random)
  const units = tokens * unitsPerToken
  const days: string[] = [
    'LOG OF THE SURVEY BRIG HALCYON REACH\n\nKept by the master, for the owners and for whoever comes after.',
  ]
  let written = days[0]?.length ?? 0
  let planted = 0
  for (let day = 1; written < units; day += 1) {
    const due: string[] = []
    for (let fact = facts[planted]; fact && written >= fact.at * units; fact = facts[planted]) {
      due.push(fact.text)
      planted += 1
    }
    const entry = dayEntry(day, due, random)
    days.push(entry)
    written += entry.length + 2
  }
  const rest = facts.slice(planted).map((fact) => fact.text)
  if (rest.length > 0) days.push(`Added on the last page. ${rest.join(' ')}`)
  return { text: `${days.join('\n\n')}\n`, questions: questionsAbout(facts) }
}

function dayEntry(day: number, facts: readonly string[], random: Random): string {
  const first = random.pick(people)
  const second = random.pick(people.filter((name) => name !== first))
  const duty = random.pick(duties).replace('{a}', first).replace('{b}', second)
  const wind = `Wind from the ${random.pick(winds)}, ${random.pick(strengths)}.`
  const run = `Ran ${random.between(18, 196)} miles since noon yesterday.`
  const supper = `Supper was ${random.pick(suppers)}.`
  const sentences = [wind, random.pick(skies), run, `${duty}.`, random.pick(sightings)]
  for (const fact of facts) sentences.splice(random.between(2, sentences.length), 0, fact)
  return `Day ${day}. ${[...sentences, supper, random.pick(remarks)].join(' ')}`
}

interface Fact {
  /** where in the document it stands, 0…1 */
  readonly at: number
  readonly text: string
  /** facts that only distract, or are corrected later, are not asked for */
  readonly ask?: SampleQuestion
}

/** Facts in document order: codes of one kind, a hiding place, a birthplace, a corrected number, a colour, a name. */
function plantedFacts(random: Random): Fact[] {
  const [medicine, lamp, chart, spirits] = [
    random.code(),
    random.code(),
    random.code(),
    random.code(),
  ]
  const [before, after] = [random.between(11, 49), random.between(50, 98)]
  const place = random.pick(places)
  const [port, other] = random.two(ports)
  const colour = random.pick(colours)
  const cat = random.pick(cats)
  const casks = random.between(120, 390)
  return [
    fact(
      0.02,
      `The code for the medicine locker is ${medicine}.`,
      'What is the code for the medicine locker?',
      medicine,
    ),
    distractor(0.09, `The code for the lamp store is ${lamp}.`),
    fact(
      0.16,
      `The ship’s cat has been entered in the books under the name ${cat}.`,
      'What is the name of the ship’s cat?',
      cat,
    ),
    fact(
      0.24,
      `The spare key to the chronometer box is kept ${place}.`,
      'Where is the spare key to the chronometer box kept?',
      place,
    ),
    distractor(0.31, `The recall signal is two flags over the number ${before}.`),
    fact(0.38, `Wenna Pascoe was born in ${port}.`, 'Where was Wenna Pascoe born?', port),
    distractor(0.45, `Elias Thorne was born in ${other}.`),
    fact(
      0.52,
      `The jolly boat has been painted ${colour}.`,
      'What colour is the jolly boat painted?',
      colour,
    ),
    distractor(0.59, `The code for the spirit room is ${spirits}.`),
    fact(
      0.66,
      `The recall signal is changed: from today it is two flags over the number ${after}.`,
      'Which number belongs to the recall signal now?',
      String(after),
    ),
    fact(
      0.76,
      `We filled ${casks} casks with fresh water at the river mouth.`,
      'How many casks were filled with fresh water?',
      String(casks),
    ),
    fact(
      0.9,
      `The code for the chart room is ${chart}.`,
      'What is the code for the chart room?',
      chart,
    ),
  ]
}

function fact(at: number, text: string, question: string, answer: string): Fact {
  return { at, text, ask: { question, answer } }
}

function distractor(at: number, text: string): Fact {
  return { at, text }
}

function questionsAbout(facts: readonly Fact[]): SampleQuestion[] {
  return facts.flatMap((planted) => planted.ask ?? [])
}

interface Random {
  /** a whole number from…to, both included */
  between(from: number, to: number): number
  pick(from: readonly string[]): string
  /** two different ones */
  two(from: readonly string[]): [string, string]
  /** four digits */
  code(): string
}

/** Marsaglia's 32-bit xorshift, started from a scrambled seed. */
function generator(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  const pick = (from: readonly string[]): string => from[between(0, from.length - 1)] ?? ''
  return {
    between,
    pick,
    two(from) {
      const one = pick(from)
      return [one, pick(from.filter((item) => item !== one))]
    },
    code: () => String(between(1000, 9999)),
  }
}
