// The report's HTML: a page of sections, tables of cells, and formatted numbers.
import type { Interval } from './bootstrap.ts'

/** One file with everything in it. */
export function page(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<main>
${parts.filter((text) => text !== '').join('\n')}
</main>
</html>
`
}

/** Empty if the body is empty. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>${body}</section>`
}

/** @param caption and `drawing` are HTML */
export function figure(caption: string, drawing: string): string {
  return `<figure><figcaption>${caption}</figcaption>${drawing}</figure>`
}

/** Cells are HTML. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  const body = rows.map((cells) => row(cells, 'td')).join('')
  return `<div class="table"><table><thead>${row(head, 'th')}</thead><tbody>${body}</tbody></table></div>`
}

export function interval({ mean, low, high }: Interval): string {
  return `${percent(mean)} <small>[${percent(low)}, ${percent(high)}]</small>`
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function bytes(value: number): string {
  return value < 1e6 ? `${Math.round(value / 1e3)} kB` : `${(value / 1e6).toFixed(1)} MB`
}

export function escape(text: string): string {
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
