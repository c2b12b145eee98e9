// Words for keys and lists. RULER draws from the `wonderwords` package. These lists are our own and shorter, so when they
// run out, words are generated from syllables. A user's own file replaces them.
import type { Random } from './random.ts'

export interface Words {
  readonly adjectives: readonly string[]
  readonly nouns: readonly string[]
}

const split = (text: string) => text.trim().split(/\s+/)

export const ownWords: Words = {
  adjectives: split(`
    able amber ancient angry aware basic bitter blank blunt bold brave brief bright brisk broad broken calm careful
    cheap clean clear clever close cloudy coarse cold common cool coral crisp curious curly daily damp dark deep dense
    dim distant dry dull eager early easy elastic empty even exact faint fair famous fancy fast fierce final fine firm
    flat fond formal fragile free fresh full gentle giant glad golden grand grave great green grey happy harsh heavy
    hidden hollow honest huge humble icy ideal idle inner ivory jolly keen kind large late lazy lean light little lively
    local lonely long loose loud loyal lucky main mellow mild modern modest narrow naval neat new nimble noble noisy
    novel odd olive open orange outer pale patient plain polite proud pure purple quaint quick quiet rapid rare raw ready
    rough round royal rusty safe salty scarce secret serene shallow sharp short shy silent silver simple sincere slow
    small smooth sober soft solid sour spare square stable steady steep stiff still stout strange strict strong subtle
    sudden sunny sweet swift tall tame tender thick thin tidy tiny tough true upper urban useful vague vast vivid warm
    weak wide wild wise witty wooden young`),
  nouns: split(`
    acorn anchor apple apron arch arrow attic badge bakery balcony barley barn barrel basin basket beacon bell bench
    blanket boat bonnet bottle bowl branch brick bridge bronze brook broom brush bucket bugle butter button cabin cable
    camel candle canoe canvas carpet castle cedar cellar chain chalk chapel cherry chest chimney clock cloth clover coat
    coffee comet compass copper corner cotton cradle crane crater cricket crown curtain daisy desert desk dinner
    dolphin donkey door drum duck eagle easel elbow ember engine fabric falcon farmer feather fence fern ferry fiddle
    field flag flute forest fork fountain fox frost furnace galley garden garlic gate ginger glacier glove goat grain
    granite grape guitar hammer hammock harbor harvest hazel hedge helmet heron hill honey hook horse house inkwell
    island ivy jacket jar jewel jungle kayak kettle key kitchen kite ladder lagoon lamp lantern lark leaf ledger lemon
    letter lighthouse lily lizard locket lodge loom lumber magnet mango mantle maple marble market meadow medal melon
    mill mirror mitten moon mosaic moss motor mountain museum mustard napkin needle nest notebook nutmeg oak oar oasis
    ocean onion orchard otter oven owl oyster paddle palace panther paper parcel parrot path peach pebble pencil pepper
    piano pigeon pillow pilot pine planet plow plum pocket pond poplar portrait potato prairie puddle pulley quarry
    quill rabbit raft railway rain ranch raven reef ribbon river robin rocket roof rope rose saddle sail salmon sandal
    school scissors shell shepherd ship shovel shrine signal sleigh slipper snail soap sparrow spider spoon stable stair
    statue stove street sugar summit swan table tailor teapot temple thimble thread tiger timber toast tower trail
    train tray tree trumpet tulip tunnel turnip turtle umbrella valley vase velvet village violin wagon wall walnut
    watch water whale wharf wheat wheel whistle willow window winter wolf wreath yarn zebra`),
}

/** One word a line; words before the first empty line are adjectives, those after it nouns. */
export function wordsOf(file: string): Words {
  const [adjectives = '', ...nouns] = file.split(/\r?\n\s*\r?\n/)
  const lists = { adjectives: split(adjectives), nouns: split(nouns.join('\n')) }
  if (lists.adjectives.length * lists.nouns.length < 2) {
    throw new Error('a word list needs adjectives, an empty line and nouns, one word a line')
  }
  return lists
}

/** `adjective-noun`, as RULER and LongEval name things; never one in `taken`, to which it is added. */
export function newKey({ adjectives, nouns }: Words, random: Random, taken: Set<string>): string {
  for (let attempt = 0; ; attempt++) {
    const name = `${random.pick(adjectives)}-${random.pick(nouns)}`
    const key = attempt < 50 ? name : `${name}-${madeUpWord(random)}`
    if (taken.has(key)) continue
    taken.add(key)
    return key
  }
}

/** `count` different words: from the lists, then generated. */
export function differentWords(words: Words, random: Random, count: number): string[] {
  const found = new Set(random.sample([...words.adjectives, ...words.nouns], count))
  while (found.size < count) found.add(madeUpWord(random))
  return [...found]
}

const consonants = Array.from('bdfgklmnprstvz')
const vowels = Array.from('aeiou')

function madeUpWord(random: Random): string {
  const syllable = () => random.pick(consonants) + random.pick(vowels)
  return syllable() + syllable() + syllable() + random.pick(['', 'n', 'r', 's', 'l'])
}
