// Writes report.html: scores first, then costs, then the settings that reproduce them.
import { mean } from './bootstrap.ts'
import { bars, budgetCurves, colourOf, needleMap, turnCurves } from './charts.ts'
import { grouped } from './grouped.ts'
import { bytes, count, escape, figure, interval, page, percent, section, table } from './html.ts'
import { fullPolicy } from './order.ts'
import type { Cell, Summary } from './summary.ts'

/** Below this score the full cache itself fails, so losses of policies say little. */
const failing = 0.5

export async function report(summary: Summary): Promise<string> {
  const policies = [...new Set(summary.cells.map(({ policy }) => policy))]
  const groups = byTask(summary.cells)
  const sections = [
    `<header><h1>What answers lose when the cache is compressed</h1>${intro(summary)}</header>`,
    legend(policies),
    section('Notes', notes(summary)),
    section('At a glance', glance(summary.cells, policies)),
    section('Score against budget', await scores(groups, policies)),
    section(`Against ${escape(summary.against ?? '')}`, duels(summary)),
    section('Where the needle lies', await needles(summary.cells)),
    section('Turn by turn', await turns(groups, policies)),
    section('Prose', prose(summary.cells)),
    section('Memory and time', await costs(summary.cells, policies)),
    section('All cells', allCells(summary)),
    section('To run it again', settings(summary)),
  ]
  return page('Longtab: quality report', sections)
}

type Group = readonly [title: string, cells: readonly Cell[]]

/** Cells of one task and length. */
function byTask(cells: readonly Cell[]): Group[] {
  return [...grouped(cells, ({ task, length }) => `${task}, ${count(length)} tokens`)]
}

function intro({ run, cells }: Summary): string {
  const samples = cells.reduce((sum, cell) => sum + cell.samples, 0)
  const adapters = adaptersOf(cells).map(escape).join(', ')
  return `<p>${escape(run.model)} · ${count(samples)} samples · ${escape(run.date.slice(0, 10))} · ${adapters}</p>
<p>Every policy reads the same documents without knowing the questions (tasks marked “question first” excepted), keeps the same number of units per layer and KV head, and answers greedily. Whiskers and brackets are 95 % bootstrap intervals, for which documents are drawn anew, each with all its questions; differences are paired. Where all documents agree an interval has no width, which is no certainty: of <i>n</i> equal documents, up to 3/<i>n</i> may be otherwise.</p>`
}

function adaptersOf(cells: readonly Cell[]): string[] {
  return [...new Set(cells.flatMap(({ speeds }) => speeds.map(({ adapter }) => adapter)))]
}

function notes({ run }: Summary): string {
  const items = run.notes.map((note) => `<li>${escape(note)}</li>`)
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`
}

function legend(policies: readonly string[]): string {
  const items = policies.map(
    (policy) =>
      `<li><span style="background:${colourOf(policy, policies)}"></span>${escape(policy)}</li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}

/**
 * Means over tasks, for every policy and budget as a share of the document. Documents that fit their budget are left out,
 * since every policy scores the same on them.
 */
function glance(cells: readonly Cell[], policies: readonly string[]): string {
  const shareOf = ({ budget, length }: Cell) => Math.round((1000 * budget) / length) / 10
  const kept = cells.filter(({ policy, share }) => policy !== fullPolicy && share < 1)
  const shares = [...new Set(kept.map(shareOf))].sort((a, b) => b - a)
  const score = (found: readonly Cell[]) =>
    found.length === 0 ? '–' : percent(mean(found.map((cell) => cell.score.mean)))
  const head = ['policy', ...shares.map((share) => `${share} % kept`)]
  const rows = policies.map((policy) => {
    const own = cells.filter((cell) => cell.policy === policy)
    return [
      escape(policy),
      ...shares.map((share) =>
        score(policy === fullPolicy ? own : own.filter((cell) => shareOf(cell) === share)),
      ),
    ]
  })
  const weak = byTask(cells)
    .filter(([, group]) =>
      group.some(({ policy, score }) => policy === fullPolicy && score.mean < failing),
    )
    .map(([title]) => escape(title))
  const warning =
    weak.length === 0
      ? ''
      : `<p class="warning">The full cache itself scores below 50 % on ${weak.join('; ')}: what a policy loses there says little.</p>`
  const means =
    shares.length === 0
      ? '<p>No budget was smaller than its document.</p>'
      : `<p>Mean score over tasks and lengths, by the share of the length that is kept; without documents that fit into their budget.</p>${table(head, rows)}`
  return means + warning
}

async function scores(groups: readonly Group[], policies: readonly string[]): Promise<string> {
  const curves = await figures(groups, (cells) => budgetCurves(cells, policies))
  return `<p>The dashed line is the full cache.</p>${curves}`
}

async function figures(
  groups: readonly Group[],
  draw: (cells: readonly Cell[]) => Promise<string>,
): Promise<string> {
  const drawn = await Promise.all(
    groups.map(async ([title, cells]) =>
      figure(`${escape(title)} <small>${captionOf(cells)}</small>`, await draw(cells)),
    ),
  )
  return `<div class="figures">${drawn.join('')}</div>`
}

function captionOf(cells: readonly Cell[]): string {
  const samples = Math.max(...cells.map((cell) => cell.samples))
  const full = cells.find(({ policy }) => policy === fullPolicy)
  return `${samples} ${samples === 1 ? 'sample' : 'samples'}${full ? `; full cache ${percent(full.score.mean)}` : ''}`
}

/** Rows are tasks, columns policies. Where the interval excludes 0, a word says which is ahead. */
function duels({ duels: all, against = '' }: Summary): string {
  if (all.length === 0) return ''
  const tasks = [...new Set(all.map(({ task }) => task))]
  const policies = [...new Set(all.map(({ policy }) => policy))]
  const cell = (task: string, policy: string) => {
    const found = all.find((duel) => duel.task === task && duel.policy === policy)
    if (!found) return '–'
    const { low, high } = found.difference
    const verdict = low > 0 ? ' <b>ahead</b>' : high < 0 ? ' behind' : ''
    return `${interval(found.difference)}${verdict}`
  }
  const rows = tasks.map((task) => [escape(task), ...policies.map((policy) => cell(task, policy))])
  return `<p>Each policy’s score less that of ${escape(against)}, paired over all lengths and budgets both ran at.</p>${table(['task', ...policies.map(escape)], rows)}`
}

async function needles(cells: readonly Cell[]): Promise<string> {
  const grid = cells.filter(({ task }) => task === 'needle_grid')
  const groups = grouped(grid, ({ policy, budget, length }) =>
    policy === fullPolicy ? policy : `${policy}, ${percent(budget / length)} of the length kept`,
  )
  return groups.size === 0 ? '' : figures([...groups], needleMap)
}

async function turns(groups: readonly Group[], policies: readonly string[]): Promise<string> {
  const conversations = groups.flatMap(([title, cells]) => {
    const several = cells.filter((cell) => cell.task.endsWith('_turns') && cell.turns.length > 1)
    const { least, shown } = tightest(several)
    const kept = least === Infinity ? '' : `, ${least} units`
    return shown.length === 0 ? [] : [[`${title}${kept}`, shown] as const]
  })
  return conversations.length === 0
    ? ''
    : figures(conversations, (cells) => turnCurves(cells, policies))
}

function prose(cells: readonly Cell[]): string {
  const withNats = cells.filter(({ nats }) => nats !== undefined)
  if (withNats.length === 0) return ''
  const rows = withNats.map(({ policy, length, budget, nats = 0, divergence = 0, score }) => [
    escape(policy),
    count(length),
    policy === fullPolicy ? 'all' : count(budget),
    Math.exp(nats).toFixed(2),
    divergence.toFixed(4),
    interval(score),
  ])
  return `<p>Perplexity of a continuation after its text was read, and the distance of the predictions from the full cache’s.</p>${table(
    ['policy', 'tokens', 'kept', 'perplexity', 'KL from full (nats)', 'same most likely token'],
    rows,
  )}`
}

async function costs(cells: readonly Cell[], policies: readonly string[]): Promise<string> {
  const longest = Math.max(...cells.map(({ length }) => length))
  const { shown } = tightest(cells.filter(({ length }) => length === longest))
  const of = (value: (cell: Cell) => number | undefined) =>
    policies.flatMap((policy) => {
      const own = shown
        .filter((cell) => cell.policy === policy)
        .map(value)
        .filter((known) => known !== undefined)
      return own.length === 0 ? [] : [{ policy, value: Math.max(...own) }]
    })
  const adapters = adaptersOf(shown)
  const charts: readonly (readonly [string, string, (cell: Cell) => number | undefined])[] = [
    [
      'Highest sum of GPU buffers while reading',
      'bytes, weights included',
      (cell) => cell.peakBytes,
    ],
    ['Cache buffers, room for chunk and answer included', 'bytes', (cell) => cell.cacheBytes],
    ['Keys and values kept', 'bytes', (cell) => cell.keptBytes],
    ...adapters.map(
      (one) =>
        [
          adapters.length > 1 ? `Reading, ${escape(one)}` : 'Reading',
          'tokens a second',
          ({ speeds }: Cell) => speeds.find(({ adapter }) => adapter === one)?.reading,
        ] as const,
    ),
  ]
  const drawn = await Promise.all(
    charts.map(async ([title, unit, value]) =>
      figure(title, await bars(of(value), unit, policies)),
    ),
  )
  return `<p>At ${count(longest)} tokens and the smallest budget. Memory is measured at every buffer made and destroyed.</p><div class="figures">${drawn.join('')}</div>`
}

/** Cells of the smallest budget, and the full cache's. */
function tightest(cells: readonly Cell[]): { least: number; shown: Cell[] } {
  const budgetOf = ({ policy, budget }: Cell) => (policy === fullPolicy ? Infinity : budget)
  const least = Math.min(...cells.map(budgetOf))
  return { least, shown: cells.filter((cell) => [least, Infinity].includes(budgetOf(cell))) }
}

function allCells({ cells, against }: Summary): string {
  const versus = ({ versus }: Cell) => (versus === undefined ? '' : interval(versus))
  const rows = cells.map((cell) => [
    escape(cell.task),
    count(cell.length),
    escape(cell.policy),
    cell.policy === fullPolicy ? 'all' : count(cell.budget),
    percent(cell.share),
    bytes(cell.keptBytes),
    String(cell.documents),
    String(cell.samples),
    interval(cell.score),
    cell.versusFull === undefined || cell.policy === fullPolicy ? '' : interval(cell.versusFull),
    ...(against === undefined ? [] : [cell.policy === against ? '' : versus(cell)]),
  ])
  return `<details><summary>${count(cells.length)} cells</summary>${table(
    [
      ...['task', 'tokens', 'policy', 'kept', 'share', 'bytes', 'documents', 'samples', 'score'],
      ...['against full', ...(against === undefined ? [] : [`against ${escape(against)}`])],
    ],
    rows,
  )}</details>`
}

function settings({ run: { notes: _, files, ...run } }: Summary): string {
  const own = Object.entries(files).map(([policy, hash]) => [`files of ${escape(policy)}`, hash])
  const rows = [...Object.entries(run), ...own].map(([name, value]) => [
    name,
    `<code>${escape(String(value))}</code>`,
  ])
  return `${table(['setting', 'value'], rows)}<p>results.jsonl beside this file has every answer.</p>`
}
