// The example of the guide is the file that is checked and run here.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ask } from '../../examples/04_openai/ask.ts'
import { pretendedModel } from './model.fixture.ts'

test('the example asks about a file', async () => {
  const { model, read } = pretendedModel()
  let answer = ''
  for await (const text of ask(model, new File(['All well.'], 'log.txt'), 'How?')) answer += text
  expect(answer).toBe('You asked: How?')
  expect(read).toEqual(['All well.'])
})

test('the guide shows it as it is', () => {
  const example = readFileSync('examples/04_openai/ask.ts', 'utf8')
    .replace('../../src/index.ts', 'longtab')
    .replace('../../src/openai/index.ts', 'longtab/openai')
  expect(readFileSync('docs/guide/openai.md', 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``)
})
