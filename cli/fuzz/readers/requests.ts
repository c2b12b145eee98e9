// Readers of what programs send: OpenAI requests, JSON schemas, files of questions, outputs of a batch, training data.
import type { JsonSchema } from '../../../src/api/json.ts'
import { LongtabError } from '../../../src/api/errors.ts'
import { jsonState } from '../../../src/grammar/json_schema.ts'
import { openAI } from '../../../src/openai/index.ts'
import { pretendedModel } from '../../../src/openai/model.fixture.ts'
import { parseTrainingLines } from '../../../src/training/jsonl.ts'
import { linesOf } from '../../batch/output.ts'
import { joined } from '../../batch/join.ts'
import { parseQuestions } from '../../batch/questions.ts'
import { parseJson } from '../../../src/files/folder_files.ts'
import { inBytes } from '../damage/bytes.ts'
import { damagedJson, inJson } from '../damage/json.ts'
import { bytesOf, textOf, type Damage, type Reader } from '../reader.ts'
import { files } from './models.ts'

const jsonFiles = (...values: unknown[]) =>
  files(() => values.map((one) => bytesOf(JSON.stringify(one))))

export const requests: Readonly<Record<string, Reader>> = {
  openai: {
    files: jsonFiles(
      {
        ...{ model: 'longtab', stream: true, stream_options: { include_usage: true }, seed: 3 },
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'file', file: { file_data: 'VGhlIGJvYXQu', filename: 'a.txt' } },
              { type: 'text', text: 'Who?' },
            ],
          },
          { role: 'assistant', content: 'Ann.' },
          { role: 'user', content: 'And where?' },
        ],
        ...{ temperature: 0.5, top_p: 0.9, top_k: 5, stop: ['x'], max_tokens: 9 },
      },
      {
        ...{
          model: 'longtab',
          max_completion_tokens: 5,
          n: 1,
          user: 'me',
          reasoning_effort: 'low',
        },
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'A document.' },
              { type: 'text', text: 'Who?' },
            ],
          },
        ],
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'a',
            schema: { type: 'object', properties: { a: { type: 'string' } } },
          },
        },
      },
    ),
    damage: inJson,
    async read(bytes) {
      const { fetch } = openAI(pretendedModel().model)
      const response = await fetch('http://localhost/v1/chat/completions', {
        method: 'POST',
        body: bytes,
      })
      const text = await response.text()
      if (response.ok) return
      const { error } = JSON.parse(text) as { error: { code: string; message: string } }
      if (error.code === 'internal') throw new Error(error.message)
      throw new LongtabError('bad-input', error.message)
    },
    short: 80,
    share: [0.02, 0.9],
  },
  schema: {
    files: jsonFiles(
      {
        type: 'object',
        properties: {
          name: { type: 'string', maxLength: 4 },
          kind: { enum: ['a', 'bc', 7] },
          many: { type: 'array', items: { $ref: '#/$defs/pair' }, minItems: 1, maxItems: 2 },
          left: { anyOf: [{ type: 'null' }, { type: 'integer' }] },
        },
        ...{ required: ['name', 'many'], additionalProperties: false },
        $defs: { pair: { type: ['boolean', 'number'] } },
      },
      { $ref: '#/$defs/tree', $defs: { tree: { type: 'array', items: { $ref: '#/$defs/tree' } } } },
    ),
    damage: inJson,
    async read(bytes) {
      let state = jsonState(parseJson(textOf(bytes), 'the schema') as JsonSchema)
      for (const byte of bytesOf('{"name": "Ada", "many": [1.5, true], "left": null}'))
        state = state.after(byte) ?? state
    },
    short: 150,
    share: [0.02, 0.9],
  },
  questions: {
    files: files(() => [
      bytesOf('Who?\n\nWhere is it?\n'),
      bytesOf('{"question":"Who?"}\n{"id":7,"question":"Where?"}\n'),
    ]),
    damage: (file, random) => (random(2) === 0 ? inLines : inText)(file, random),
    async read(bytes) {
      parseQuestions('questions.jsonl', textOf(bytes))
    },
    short: 150,
    share: [0.05, 0.95],
  },
  batch: {
    files: files(() => [
      bytesOf([1, 2].map((number) => `${JSON.stringify(batchLine(number))}\n`).join('')),
    ]),
    damage: (file, random) => (random(2) === 0 ? inLines : inText)(file, random),
    async read(bytes) {
      const text = textOf(bytes)
      linesOf('--out a.jsonl', text)
      joined([{ path: 'a.jsonl', text }])
    },
    short: 150,
    share: [0.02, 0.95],
  },
  training: {
    files: files(() => [
      bytesOf(
        '{"prompt":"A","answer":"B"}\n{"instruction":"A","input":"","output":"B"}\n{"messages":[{"role":"user","content":"A"},{"role":"assistant","content":"B"}]}\n',
      ),
      bytesOf('[{"conversations":[{"from":"human","value":"A"},{"from":"gpt","value":"B"}]}]'),
    ]),
    damage: (file, random) => (random(2) === 0 ? inLines : inText)(file, random),
    async read(bytes) {
      parseTrainingLines(textOf(bytes))
    },
    short: 150,
    share: [0.02, 0.9],
  },
}

const inText = inBytes({
  pieces: [
    '{',
    '}',
    '"',
    '\n',
    '\r\n',
    '[',
    ']',
    ':',
    ',',
    'null',
    '\0',
    '\xef\xbb\xbf',
    '{}\n',
    'null\n',
    '7\n',
  ],
})

/** Damage in the values of one line. */
const inLines: Damage = (file, random) => {
  const lines = textOf(file).split('\n')
  const at = random(lines.length)
  const line = lines[at] ?? ''
  if (!/^[[{]/.test(line)) return inText(file, random)
  lines[at] = damagedJson(line, random)
  return bytesOf(lines.join('\n'))
}

const batchLine = (number: number) => ({
  ...{
    document: 'a.txt',
    model: 'default',
    settings: { budget: 512 },
    hash: '00',
    number,
    question: `Who ${number}?`,
  },
  ...{ answer: 'Ann.', finish: 'end', sources: [], doubtful: false },
  tokens: { document: 1, question: 1, answer: 1 },
  times: { read: 1, firstToken: 1, answer: 1 },
})
