import { expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { beginId, randomModel, smallShape } from '../../reference/random_model.ts'
import { openTexts } from '../reading/texts.ts'
import { openFiles } from '../testing/open_files.ts'
import { encodeReplies, encodeSample } from './encode.ts'
import type { LabelKind } from '../api/training.ts'

/** A byte is a token; a prompt begins `<s>[user] `. */
const files = openFiles(modelFiles(randomModel(smallShape, 1), 'F32'), () => undefined)
const { tokenizer, chat } = await openTexts(files, undefined)
const settings = { length: 30, reply: 40, questions: 2, label: 'share' as LabelKind }

const text = (context: string, answer: string, question?: string) => ({
  context,
  turns: [{ question, answer }],
  name: 'line 7',
})
const read = (ids: Uint32Array) => String.fromCharCode(...ids.filter((id) => id < beginId))

test('a context that is too long loses its middle, an answer its end', () => {
  const { context, replies } = encodeSample(
    tokenizer,
    chat,
    text('a'.repeat(40) + 'Where?', 'b'.repeat(99)),
    settings,
  )
  expect(read(context)).toBe(`[user] ${'a'.repeat(7)}${'a'.repeat(9)}Where?`)
  expect(context).toHaveLength(30)
  const [reply] = replies
  expect(reply!.ids).toHaveLength(40)
  expect(read(reply!.ids.subarray(reply!.firstAnswer))).toMatch(/^b+$/)
  expect(read(reply!.ids.subarray(0, reply!.firstAnswer))).toMatch(/\[assistant\] $/)
})

test('a question that leaves no room for its answer is refused by its name', () => {
  const asking = text('a', 'b', 'Where is it that the key was laid down?')
  expect(() => encodeReplies(tokenizer, chat, asking, settings)).toThrow(
    /line 7 .* a question of \d+ tokens, and the window for it and its answer is 40; raise --reply above/,
  )
})

test('to repeat is to be asked for the context and to write it again', () => {
  const repeating = { ...settings, label: 'repeat' as LabelKind }
  const { context, replies } = encodeSample(tokenizer, chat, text('The key.', 'b'), repeating)
  expect(replies).toHaveLength(1)
  const { ids, firstAnswer } = replies[0]!
  expect(read(ids.subarray(0, firstAnswer))).toContain('once more, word for word')
  expect(read(ids.subarray(firstAnswer))).toBe(`${chat.lead}The key.`)
  expect(read(context)).toBe('[user] The key.')
})
