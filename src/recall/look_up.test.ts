import { expect, it } from 'vitest'
import { madeUpProse } from '../tasks/haystack.ts'
import { randomOf } from '../tasks/random.ts'
import { ownWords } from '../tasks/words.ts'
import { lookUp } from './look_up.ts'
import { WordIndex } from './word_index.ts'

const prose = madeUpProse(randomOf('look up'), ownWords)
const words = new WordIndex()
for (let i = 0; i < 40; i++) {
  const fact = i === 20 ? ' The quokka Zelda keeps her zeppelin behind the bakery.' : ''
  const other = i === 30 ? ' The ibex eats thistles.' : ''
  words.add(Array.from({ length: 6 }, () => prose.next().value).join(' ') + fact + other)
}

it('finds the passages that hold what is asked', () => {
  const found = lookUp(words, 'Where does Zelda keep the zeppelin?', undefined, 4)
  expect(found).toMatchObject({ kind: 'passages' })
  expect(found.kind === 'passages' && found.passages[0]).toBe(20)
})

it('gives at most so many', () => {
  const found = lookUp(
    words,
    'Did Zelda go to the market, the station or the harbour?',
    undefined,
    3,
  )
  expect(found.kind === 'passages' && found.passages).toHaveLength(3)
})

it('says that the document does not speak of it', () => {
  expect(lookUp(words, 'What did Quetzalcoatl tell Xanthippe?', undefined, 4)).toEqual({
    kind: 'absent',
  })
})

it('is not put off by one word that the document puts otherwise', () => {
  const found = lookUp(words, 'Where does the quokka Zelda hide her zeppelin?', undefined, 4)
  expect(found.kind).toBe('passages')
})

it('is not put off by how many are asked for', () => {
  const log = new WordIndex()
  for (let day = 1; day < 9; day++) log.add(`Invoice ${day} came with the morning train.`)
  expect(lookUp(log, 'How many invoices are there?', undefined, 4).kind).toBe('whole')
})

it('is not put off by words about the text itself', () => {
  const asked =
    'According to the provided record, what is mentioned about Zelda? I need the largest number.'
  expect(lookUp(words, asked, undefined, 4).kind).toBe('passages')
})

it('finds several things asked at once, each in a passage of its own', () => {
  const many = new WordIndex()
  const keys = ['fierce-salmon', 'subtle-cable', 'stout-scissors', 'thick-chapel']
  for (let i = 0; i < 40; i++) {
    const key = keys[i / 10]
    const fact = key === undefined ? '' : ` One of the numbers for ${key} is ${1000 + i}.`
    many.add(Array.from({ length: 6 }, () => prose.next().value).join(' ') + fact)
  }
  const asked = `What are all the numbers for ${keys.join(', ')} mentioned in the provided text?`
  const found = lookUp(many, asked, undefined, 4)
  expect(found.kind === 'passages' && [...found.passages].sort()).toEqual([0, 10, 20, 30])
})

it.each([
  'Summarise the document.',
  'What is this text about?',
  'Who are the main characters?',
  'What happens in the end?',
  'Give me a short summary of the story.',
  'What is stated in the given context?',
  '?!',
])('takes %j for a question about the whole', (question) => {
  expect(lookUp(words, question, undefined, 4)).toEqual({ kind: 'whole' })
})

it('understands a question by the one before it', () => {
  const before = 'Where does Zelda keep the zeppelin?'
  for (const question of ['And why?', 'What else is there?', 'And in Fuchsia?']) {
    const found = lookUp(words, question, before, 4)
    expect(found.kind === 'passages' && found.passages[0]).toBe(20)
  }
})

it('finds what either question is about', () => {
  const found = lookUp(words, 'And what does the ibex eat?', 'Where is the zeppelin of Zelda?', 4)
  expect(found.kind === 'passages' && found.passages).toEqual(expect.arrayContaining([20, 30]))
})

it('knows a verb in another form', () => {
  const log = new WordIndex()
  for (let i = 0; i < 20; i++) log.add(`The cook found a brass key in the flour, ${i} times.`)
  expect(lookUp(log, 'What did the cook find?', undefined, 4).kind).not.toBe('absent')
  expect(lookUp(log, 'What did the cook steal?', undefined, 4).kind).toBe('absent')
})

it('takes a question about the whole for one, whatever was asked before', () => {
  const before = 'Where does Zelda keep the zeppelin?'
  expect(lookUp(words, 'Summarise the document.', before, 4).kind).toBe('whole')
})

it('does not take a new question for absent because the one before was found', () => {
  const before = 'Where does Zelda keep the zeppelin?'
  expect(lookUp(words, 'What did Quetzalcoatl tell Xanthippe?', before, 4).kind).toBe('absent')
})
