import { expect, test } from 'vitest'
import type { RunRecord, SampleRecord } from './record.ts'
import { report } from './report.ts'
import { summarize } from './summary.ts'

const run: RunRecord = {
  model: 'a <model>',
  modelHash: 'a0',
  date: '2026-01-01T00:00:00Z',
  command: 'npm run bench:quality',
  host: 'here',
  chunk: 'half the budget',
  cache: 'f16',
  positions: 'slot',
  seed: 0,
  haystack: 'made-up prose',
  words: 'our own lists',
  turns: 'golden',
  answerTokens: 'tight',
  files: { 'locret:heads=a': 'b1c2' },
  notes: ['lococo is < the others'],
}

function samples(policy: string, budget: number, score: number): SampleRecord[] {
  return ['needle_grid', 'kv_turns', 'prose'].flatMap((task) =>
    [0, 1].map((turn) => ({
      key: `${policy}${task}`,
      task,
      length: 500,
      document: 0,
      turn,
      of: 2,
      policy,
      budget,
      prompt: task,
      documentTokens: 400,
      prediction: '',
      answers: [],
      score,
      depth: turn,
      ...(task === 'prose' ? { nats: Math.log(8), divergence: 0.25 } : {}),
      adapter: 'a < GPU',
      readMs: 100,
      answerMs: 100,
      answerTokens: 4,
      cacheBytes: 1000,
      keptBytes: 500,
      peakBytes: 2000,
    })),
  )
}

test('a report of everything is one file that runs nothing and fetches nothing', async () => {
  const records = [...samples('full', 400, 1), ...samples('random', 100, 0)]
  const html = await report(summarize(run, records, undefined))
  expect(html).not.toMatch(/<script|<link|href="http|src="/)
  for (const part of ['Where the needle lies', 'Turn by turn', 'Prose', 'Memory and time']) {
    expect(html).toContain(`<h2>${part}</h2>`)
  }
  expect(html).toContain('a &lt;model>')
  expect(html).toContain('<td>files of locret:heads=a</td><td><code>b1c2</code></td>')
  expect(html).toContain('<li>lococo is &lt; the others</li>')
  expect(html).toContain('<td>8.00</td><td>0.2500</td>') // perplexity and KL
  expect(html).toContain('-100 % <small>[-100 %, -100 %]</small>') // random against full
  expect(html.match(/<svg/g)?.length).toBe(3 + 2 + 1 + 4) // tasks, needles, turns, costs
})

test('speeds of different machines stand apart', async () => {
  const here = samples('random', 100, 0)
  const there = samples('streaming', 100, 0).map((record) => ({ ...record, adapter: 'another' }))
  const captions = async (records: readonly SampleRecord[]) => {
    const html = await report(summarize(run, records, undefined))
    return html.match(/(?<=<figcaption>)Reading[^<]*/g)
  }
  expect(await captions(here)).toEqual(['Reading'])
  expect(await captions([...here, ...there])).toEqual(['Reading, another', 'Reading, a &lt; GPU'])
})

test('documents that fit into their budget are not among the means', async () => {
  const records = [...samples('full', 400, 1), ...samples('random', 100, 0)]
  const whole = samples('random', 400, 1).map((record) => ({ ...record, length: 490 }))
  const html = await report(summarize(run, [...records, ...whole], undefined))
  expect(html).toContain('<th>20 % kept</th>')
  expect(html).not.toContain('% kept</th><th>')
})

test('without a budget there are turns, and none is named', async () => {
  const html = await report(summarize(run, samples('full', 400, 1), undefined))
  expect(html).toContain('<figcaption>kv_turns, 500 tokens <small>2 samples; full cache 100 %<')
  expect(html).not.toContain('Infinity')
  expect(html).toContain('No budget was smaller than its document.')
})

test('says which policies are ahead of the one compared with', async () => {
  const records = [...samples('locret', 100, 0), ...samples('random', 100, 1)]
  const html = await report(summarize(run, records, 'locret'))
  expect(html).toContain('<h2>Against locret</h2>')
  expect(html).toContain('100 % <small>[100 %, 100 %]</small> <b>ahead</b>')
  expect(html).toContain('<th>against locret</th>')
  const alone = await report(summarize(run, records, undefined))
  expect(alone).not.toMatch(/<h2>Against|<th>against locret/)
})

test('says where the full cache itself fails', async () => {
  const failing = await report(summarize(run, samples('full', 400, 0), undefined))
  expect(failing).toContain('scores below 50 % on needle_grid, 500 tokens')
  const fine = await report(summarize(run, samples('full', 400, 1), undefined))
  expect(fine).not.toContain('class="warning"')
})
