import { expect, test } from 'vitest'
import { UsageError } from '../shell/command.ts'
import { parseServe } from './options.ts'

const model = 'public/models/default'
const parsed = (...args: string[]) => parseServe(args, model)

test('a model is named alone or with --model, and called by its own name', () => {
  expect(parsed()).toMatchObject({ model, name: 'longtab', port: 8080, host: '127.0.0.1' })
  expect(parsed(model)).toMatchObject({ model, name: 'default' })
  expect(parsed('--model', 'owner/name:Q8_0')).toMatchObject({ name: 'owner/name:Q8_0' })
  expect(parsed(model, '--name', 'reader')).toMatchObject({ name: 'reader' })
})

test('skimming implies passages', () => {
  expect(parsed('--skim').settings).toMatchObject({ recall: 'passages' })
})

test.each([
  [[model, '--model', model], 'one model answers; name one'],
  [[model, model], 'one model answers; name one'],
  [['--port', '70000'], '--port must be a whole number between 0 and 65535'],
  [['--allow-origin', 'localhost:3000'], '--allow-origin localhost:3000 is no origin'],
  [['--allow-origin', 'http://localhost/x'], 'is no origin'],
  [['nowhere'], '--model nowhere is not a folder'],
])('%j is refused', (args, message) => {
  expect(() => parsed(...args)).toThrow(UsageError)
  expect(() => parsed(...args)).toThrow(message)
})
