// The words of a text as they are compared: without case, accents and English endings. What joins several parts (an id, a
// date, a hyphened name) is a word as a whole, and each part is one too. Scripts that write no spaces are taken two
// characters at a time.

const unspaced = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((script) => `\\p{Script=${script}}`)
  .join('')
const letters = `(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`
const runs = new RegExp(
  `[${unspaced}][${unspaced}\\p{M}ー]*|${letters}(?:['’._:/@,-]${letters})*`,
  'gu',
)
const unspacedStart = new RegExp(`^[${unspaced}]`, 'u')
const accents = /[\u0300-\u036f]/g
const joint = /[^\p{L}\p{N}\p{M}]/u

/** In the text's order, with repetitions. */
export function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(accents, '').normalize('NFC').toLowerCase()
  return Array.from(folded.matchAll(runs), ([run]) =>
    unspacedStart.test(run) ? pairsOf(run) : wholeAndParts(run),
  ).flat()
}

/** Whether it is a whole of several parts, which stands for one thing where its parts stand for many. */
export function isJoined(word: string): boolean {
  return joint.test(word)
}

/** What a question asks for: its different words, without those that stand in every English question. */
export function wordsAsked(question: string): string[] {
  return [...new Set(wordsOf(question))].filter((word) => !stopWords.has(word))
}

/** What an answer says: its different words, without those with which models introduce one. */
export function wordsAnswered(answer: string): string[] {
  return wordsAsked(answer).filter((word) => !introducing.has(word))
}

/**
 * Whether a word of a question speaks of the text or of asking, and not of what the text is about: `mentioned`, `summary`,
 * `largest`. That it stands nowhere tells nothing.
 */
export function isGeneral(word: string): boolean {
  return broad.has(word) || introducing.has(word)
}

/** Whether it asks about the document as a whole, by no word that could stand in one passage rather than another. */
export function isBroad(question: string): boolean {
  return wordsAsked(question).every(isGeneral)
}

/**
 * The word, and other forms of it that no ending tells: a question says `find` where the text says `found`. For what is known
 * or not; passages are ranked by the form itself, which was measured to find more.
 */
export function formsOf(word: string): readonly string[] {
  return irregular.get(word) ?? [word]
}

function pairsOf(run: string): string[] {
  const characters = Array.from(run)
  if (characters.length === 1) return characters
  return characters.slice(1).map((character, i) => (characters[i] ?? '') + character)
}

function wholeAndParts(run: string): string[] {
  const whole = run.replace(/['’]s$/, '').replace(/(?<=\d),(?=\d{3}(?!\d))/g, '') // 1,000 is 1000
  const parts = whole.split(joint).map(stemOf)
  return isJoined(whole) ? [whole, ...parts] : parts
}

/** The word without its English plural or verb ending, for comparison only: hoped and hopes are `hop`. */
function stemOf(word: string): string {
  if (!/^[a-z]{4,}$/.test(word)) return word
  const singular = word
    .replace(/(?<=..)ies$/, 'y')
    .replace(/(?<=ss|sh|ch|x|z)es$/, '')
    .replace(/(?<=[^su])s$/, '')
  const [, stem = ''] = /^(.*[aeiouy].*)(?:ing|ed)$/.exec(singular) ?? []
  const root = stem.length < 3 ? singular : stem.replace(/([^aeiouylsz])\1$/, '$1')
  return root.length < 4 ? root : root.replace(/e$/, '').replace(/y$/, 'i')
}

const stopWords: ReadonlySet<string> = new Set(
  wordsOf(`
    a an the of to in on at by for with from into as is are was were be been being am do does did done has have had having
    will would shall should can could may might must and or but not no nor so if than then that this these those there here
    it its he him his she her hers they them their theirs we us our ours you your yours i me my mine what which who whom
    whose when where why how s t d ll re ve m please tell say about`),
)

const introducing: ReadonlySet<string> = new Set(
  wordsOf(`
    according based answer question passage text document context conversation story information provided given above
    mentioned stated described specifically explicitly yes likely`),
)

const broad: ReadonlySet<string> = new Set(
  wordsOf(`
    document text book story article file page chapter content topic subject theme idea point part character person people
    thing sentence paragraph word
    summary summarise summarize overview outline gist explain describe list translate rewrite happen happened mean discuss
    main key major central important most best short brief long whole entire full overall general good bad interesting
    all every each some any more many much one two three five ten first last end ending begin beginning start give make write name
    between both other another else only just really english french german spanish
    second third fourth fifth largest smallest biggest highest lowest longest shortest oldest newest latest earliest
    number count total average median need record find above below`),
)

const irregular: ReadonlyMap<string, readonly string[]> = new Map(
  `ate eaten eat, began begun begin, bit bitten bite, blew blown blow, bought buy, brought bring, broke broken break, built build,
  came come, caught catch, chose chosen choose, drank drunk drink, drew drawn draw, drove driven drive, fell fallen fall, fed feed,
  felt feel, flew flown fly, forgot forgotten forget, fought fight, found find, froze frozen freeze, gave given give, gone went go,
  grew grown grow, heard hear, held hold, hid hidden hide, kept keep, knew known know, laid lay, led lead, left leave, lent lend,
  lost lose, made make, meant mean, met meet, paid pay, ran run, rang rung ring, rode ridden ride, rose risen rise, said say,
  sang sung sing, sank sunk sink, sat sit, saw seen see, sent send, shone shine, shook shaken shake, shot shoot, slept sleep,
  sold sell, sought seek, spent spend, spoke spoken speak, stole stolen steal, stood stand, stuck stick, struck strike,
  swam swum swim, swore sworn swear, taught teach, threw thrown throw, thought think, told tell, took taken take, tore torn tear,
  understood understand, woke woken wake, won win, wore worn wear, wrote written write, children child, feet foot, men man,
  mice mouse, teeth tooth, wives wife, women woman, knives knife, lives life, leaves leaf`
    .split(',')
    .flatMap((group) => {
      const forms = group.trim().split(/\s+/).map(stemOf)
      return forms.map((form) => [form, forms] as const)
    }),
)
