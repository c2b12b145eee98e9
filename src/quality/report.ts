// report.html: one file with everything in it. Scores first, then what they cost, then what reproduces them.
import { bars, budgetCurves, colourOf, needleMap, turnCurves } from './charts.ts'
import { fullPolicy, type Cell, type Summary } from './summary.ts'

/** Below this the full cache fails by itself, and what a policy loses on the task says little. */
const failing = 0.5

export async function report(summary: Summary): Promise<string> {
  const policies = [...new Set(summary.cells.map(({ policy }) => policy))]
  const groups = byTask(summary.cells)
  const sections = [
    `<header><h1>What answers lose when the cache is compressed</h1>${intro(summary)}</header>`,
    legend(policies),
    section('At a glance', glance(summary.cells, policies)),
    section(
      'Score against budget',
      await figures(groups, (cells) => budgetCurves(cells, policies)),
    ),
    section('Locret against the others', duels(summary)),
    section('Where the needle lies', await needles(summary.cells)),
    section('Turn by turn', await turns(groups, policies)),
    section('Prose', prose(summary.cells)),
    section('Memory and time', await costs(summary.cells, policies)),
    section('All cells', allCells(summary.cells)),
    section('To run it again', settings(summary)),
  ]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Longtab: quality report</title>
<style>${style}</style>
<main>
${sections.filter((text) => text !== '').join('\n')}
</main>
</html>
`
}

type Group = readonly [title: string, cells: readonly Cell[]]

/** Cells of one task and length. */
function byTask(cells: readonly Cell[]): Group[] {
  const groups = new Map<string, Cell[]>()
  for (const cell of cells) {
    const title = `${cell.task}, ${count(cell.length)} tokens`
    const group = groups.get(title)
    if (group) group.push(cell)
    else groups.set(title, [cell])
  }
  return [...groups]
}

function intro({ run, cells }: Summary): string {
  const samples = cells.reduce((sum, cell) => sum + cell.samples, 0)
  return `<p>${escape(run.model)} · ${count(samples)} samples · ${escape(run.date.slice(0, 10))} · ${escape(run.adapter)}</p>
<p>Every policy reads the same documents without knowing the questions (tasks marked “question first” excepted), keeps the same number of units per layer and KV head, and answers greedily. Whiskers and brackets are 95 % bootstrap intervals over samples, differences paired; where all samples agree an interval has no width, which is no certainty: of <i>n</i> equal samples, up to 3/<i>n</i> may be otherwise. Questions of one document are counted as samples of their own.</p>`
}

function legend(policies: readonly string[]): string {
  const items = policies.map(
    (policy) =>
      `<li><span style="background:${colourOf(policy, policies)}"></span>${escape(policy)}</li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}

/** Means over tasks, for every policy and share kept. */
function glance(cells: readonly Cell[], policies: readonly string[]): string {
  const shareOf = ({ budget, length }: Cell) => Math.round((1000 * budget) / length) / 10
  const kept = cells.filter(({ policy }) => policy !== fullPolicy)
  const shares = [...new Set(kept.map(shareOf))].sort((a, b) => b - a)
  const mean = (found: readonly Cell[]) =>
    found.length === 0
      ? '–'
      : percent(found.reduce((sum, { score }) => sum + score.mean, 0) / found.length)
  const head = ['policy', ...shares.map((share) => `${share} % kept`)]
  const rows = policies.map((policy) => {
    const own = cells.filter((cell) => cell.policy === policy)
    return [
      escape(policy),
      ...shares.map((share) =>
        mean(policy === fullPolicy ? own : own.filter((cell) => shareOf(cell) === share)),
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
  return `<p>Mean score over tasks and lengths, by the share of the length that is kept.</p>${table(head, rows)}${warning}`
}

async function figures(
  groups: readonly Group[],
  draw: (cells: readonly Cell[]) => Promise<string>,
): Promise<string> {
  const drawn = await Promise.all(
    groups.map(
      async ([title, cells]) =>
        `<figure><figcaption>${escape(title)} <small>${captionOf(cells)}</small></figcaption>${await draw(cells)}</figure>`,
    ),
  )
  return `<div class="figures">${drawn.join('')}</div>`
}

function captionOf(cells: readonly Cell[]): string {
  const samples = Math.max(...cells.map((cell) => cell.samples))
  const full = cells.find(({ policy }) => policy === fullPolicy)
  return `${samples} samples${full ? `; dashed: full cache, ${percent(full.score.mean)}` : ''}`
}

/** Rows are tasks, columns rivals; where the interval leaves out 0, a word says who is ahead. */
function duels({ duels: all }: Summary): string {
  if (all.length === 0) return ''
  const tasks = [...new Set(all.map(({ task }) => task))]
  const rivals = [...new Set(all.map(({ rival }) => rival))]
  const cell = (task: string, rival: string) => {
    const found = all.find((duel) => duel.task === task && duel.rival === rival)
    if (!found) return '–'
    const { low, high } = found.difference
    const verdict = low > 0 ? ' wins' : high < 0 ? ' <b>loses</b>' : ''
    return `${interval(found.difference)}${verdict}`
  }
  const rows = tasks.map((task) => [escape(task), ...rivals.map((rival) => cell(task, rival))])
  return `<p>Locret’s score less the other’s, paired over all lengths and budgets both ran at.</p>${table(['task', ...rivals.map(escape)], rows)}`
}

async function needles(cells: readonly Cell[]): Promise<string> {
  const grid = cells.filter(({ task }) => task === 'needle_grid')
  const groups = new Map<string, Cell[]>()
  for (const cell of grid) {
    const kept =
      cell.policy === fullPolicy ? '' : `, ${percent(cell.budget / cell.length)} of the length kept`
    const title = `${cell.policy}${kept}`
    groups.set(title, [...(groups.get(title) ?? []), cell])
  }
  return groups.size === 0 ? '' : figures([...groups], needleMap)
}

async function turns(groups: readonly Group[], policies: readonly string[]): Promise<string> {
  const conversations = groups.flatMap(([title, cells]) => {
    const several = cells.filter((cell) => cell.task.endsWith('_turns') && cell.turns.length > 1)
    const budgets = several.map(({ budget, policy }) => (policy === fullPolicy ? Infinity : budget))
    const least = Math.min(...budgets)
    const shown = several.filter(({ budget, policy }) => policy === fullPolicy || budget === least)
    return shown.length === 0 ? [] : [[`${title}, ${least} units`, shown] as const]
  })
  return conversations.length === 0
    ? ''
    : figures(conversations, (cells) => turnCurves(cells, policies))
}

function prose(cells: readonly Cell[]): string {
  const foreseen = cells.filter(({ nats }) => nats !== undefined)
  if (foreseen.length === 0) return ''
  const rows = foreseen.map(({ policy, length, budget, nats = 0, divergence = 0, score }) => [
    escape(policy),
    count(length),
    policy === fullPolicy ? 'all' : count(budget),
    Math.exp(nats).toFixed(2),
    divergence.toFixed(4),
    interval(score),
  ])
  return `<p>A text foreseen after another was read: perplexity, and how far the predictions are from the full cache’s.</p>${table(
    ['policy', 'tokens', 'kept', 'perplexity', 'KL from full (nats)', 'same likeliest token'],
    rows,
  )}`
}

async function costs(cells: readonly Cell[], policies: readonly string[]): Promise<string> {
  const longest = Math.max(...cells.map(({ length }) => length))
  const at = cells.filter(({ length }) => length === longest)
  const least = Math.min(
    ...at.filter(({ policy }) => policy !== fullPolicy).map(({ budget }) => budget),
  )
  const shown = at.filter(({ policy, budget }) => policy === fullPolicy || budget === least)
  const of = (value: (cell: Cell) => number) =>
    policies.flatMap((policy) => {
      const own = shown.filter((cell) => cell.policy === policy).map(value)
      return own.length === 0 ? [] : [{ policy, value: Math.max(...own) }]
    })
  const charts: readonly (readonly [string, string, (cell: Cell) => number])[] = [
    [
      'Highest sum of GPU buffers while reading',
      'bytes, weights included',
      (cell) => cell.peakBytes,
    ],
    ['Cache buffers, room for chunk and answer included', 'bytes', (cell) => cell.cacheBytes],
    ['Keys and values kept', 'bytes', (cell) => cell.keptBytes],
    ['Reading', 'tokens a second', (cell) => cell.readTokensPerSecond],
  ]
  const drawn = await Promise.all(
    charts.map(
      async ([title, unit, value]) =>
        `<figure><figcaption>${title}</figcaption>${await bars(of(value), unit, policies)}</figure>`,
    ),
  )
  return `<p>At ${count(longest)} tokens and the smallest budget. Memory is measured at every buffer made and destroyed.</p><div class="figures">${drawn.join('')}</div>`
}

function allCells(cells: readonly Cell[]): string {
  const rows = cells.map((cell) => [
    escape(cell.task),
    count(cell.length),
    escape(cell.policy),
    cell.policy === fullPolicy ? 'all' : count(cell.budget),
    percent(cell.share),
    bytes(cell.keptBytes),
    String(cell.samples),
    interval(cell.score),
    cell.versusFull === undefined || cell.policy === fullPolicy ? '' : interval(cell.versusFull),
  ])
  return `<details><summary>${count(cells.length)} cells</summary>${table(
    ['task', 'tokens', 'policy', 'kept', 'share', 'bytes', 'n', 'score', 'against full'],
    rows,
  )}</details>`
}

function settings({ run }: Summary): string {
  const rows = Object.entries(run).map(([name, value]) => [
    name,
    `<code>${escape(String(value))}</code>`,
  ])
  return `${table(['setting', 'value'], rows)}<p>results.jsonl beside this file has every answer.</p>`
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`
}

/** Cells are HTML. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  const body = rows.map((cells) => row(cells, 'td')).join('')
  return `<div class="table"><table><thead>${row(head, 'th')}</thead><tbody>${body}</tbody></table></div>`
}

function interval({ mean, low, high }: Cell['score']): string {
  return `${percent(mean)} <small>[${percent(low)}, ${percent(high)}]</small>`
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function bytes(value: number): string {
  return value < 1e6 ? `${Math.round(value / 1e3)} kB` : `${(value / 1e6).toFixed(1)} MB`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent) }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText }
main { max-width: 1180px; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.6rem; line-height: 1.2 } h2 { font-size: 1.15rem; margin-top: 2.5rem; scroll-margin-top: 4rem }
p { max-width: 46rem }
.legend { position: sticky; top: 0; z-index: 1; margin: 0 -1rem; padding: .5rem 1rem; background: Canvas; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; font-size: .85rem }
.legend span { display: inline-block; width: .9em; height: .9em; margin-right: .4em; border-radius: 2px; vertical-align: -.1em }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(330px, 100%), 1fr)); gap: 1.5rem 1rem }
figure { margin: 0 } figcaption { font-size: .9rem; margin-bottom: .4rem } figcaption small { opacity: .7; display: block }
svg { max-width: 100%; height: auto }
.table { overflow-x: auto } table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); white-space: nowrap }
th { font-weight: 600 } small { opacity: .75 } code { white-space: pre-wrap; overflow-wrap: anywhere }
.warning { border-left: 3px solid #d97706; padding-left: .8rem }
`
