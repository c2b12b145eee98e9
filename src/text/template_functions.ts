// What chat templates call and the template library lacks: every code of `strftime_now`, in English as the models were
// trained with, and the two ways to format a string. Delete what the library learns (@huggingface/jinja 0.5.11 knows seven
// codes of strftime and no format). Its `range` makes as many numbers as a template asks for, until memory ends.

/** A literal of a template. */
const literal = String.raw`("(?:(?![}%]\})[^"\\]|\\.)*"|'(?:(?![}%]\})[^'\\]|\\.)*')`

/** What stands between the marks of a template; other text is as it is written. */
const tag = /\{[{%].*?[%}]\}/gs

/**
 * The template with `strftime_now(…)`, `'…' | format(…)` and `'…'.format(…)` and `range(…)` as calls of the functions below, since the library
 * lets nobody replace its own.
 */
export function withOwnCalls(template: string): string {
  return template
    .replace(tag, (inside) => inside.replace(/(?<![\w.'"])range\s*\(/g, 'short_range('))
    .replace(/\bstrftime_now\s*\(/g, 'date_now(')
    .replace(new RegExp(`${literal}\\s*\\|\\s*format\\s*\\(`, 'g'), 'format_percent($1, ')
    .replace(new RegExp(`${literal}\\.format\\s*\\(`, 'g'), 'format_braces($1, ')
}

/** Numbers of all ranges of one rendering: far beyond any template, and little to hold. */
const mostCounted = 10_000

/** Functions by the names that templates call. */
export function templateFunctions(now: () => Date = () => new Date()) {
  let counted = 0
  return {
    short_range(...bounds: unknown[]): number[] {
      const [first = 0, second, step = 1] = bounds.map(Number)
      const [start, end] = second === undefined ? [0, first] : [first, second]
      const length = Math.max(0, Math.ceil((end - start) / step))
      counted += length
      if (counted <= mostCounted) return Array.from({ length }, (_, i) => start + step * i)
      throw new Error(
        `it counts to ${counted.toLocaleString('en-US')}, and at most ${mostCounted.toLocaleString('en-US')} numbers are made`,
      )
    },
    date_now: (format: string) => strftime(now(), format),
    format_percent: (format: string, ...values: unknown[]) => formatPercent(format, values),
    format_braces: (format: string, ...values: unknown[]) => formatBraces(format, values),
  }
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months =
  'January February March April May June July August September October November December'.split(' ')

/** As Python's `strftime` in the C locale. A code that is not known stays as it is. */
export function strftime(date: Date, format: string): string {
  return format.replace(/%(-?)([a-zA-Z%])/g, (whole, bare: string, code: string) => {
    const text = codes[code]?.(date)
    if (text === undefined) return whole
    return bare === '' ? text : text.replace(/^[0 ]+(?=.)/, '')
  })
}

const padded = (count: number, digits = 2, fill = '0') => String(count).padStart(digits, fill)
const twelve = (date: Date) => date.getHours() % 12 || 12
const dayOfYear = (date: Date) =>
  Math.round(
    (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) -
      Date.UTC(date.getFullYear(), 0, 0)) /
      86_400_000,
  )

/** @param first day that a week begins with: 0 Sunday, 1 Monday */
const weekOfYear = (date: Date, first: 0 | 1) =>
  Math.floor((dayOfYear(date) + 6 - ((date.getDay() - first + 7) % 7)) / 7)

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(size / 60))}${padded(size % 60)}`
}

const codes: Readonly<Record<string, (date: Date) => string>> = {
  a: (date) => (days[date.getDay()] ?? '').slice(0, 3),
  A: (date) => days[date.getDay()] ?? '',
  b: (date) => (months[date.getMonth()] ?? '').slice(0, 3),
  B: (date) => months[date.getMonth()] ?? '',
  c: (date) => strftime(date, '%a %b %e %H:%M:%S %Y'),
  d: (date) => padded(date.getDate()),
  D: (date) => strftime(date, '%m/%d/%y'),
  e: (date) => padded(date.getDate(), 2, ' '),
  f: (date) => padded(date.getMilliseconds() * 1000, 6),
  F: (date) => strftime(date, '%Y-%m-%d'),
  h: (date) => strftime(date, '%b'),
  H: (date) => padded(date.getHours()),
  I: (date) => padded(twelve(date)),
  j: (date) => padded(dayOfYear(date), 3),
  m: (date) => padded(date.getMonth() + 1),
  M: (date) => padded(date.getMinutes()),
  n: () => '\n',
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  R: (date) => strftime(date, '%H:%M'),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  S: (date) => padded(date.getSeconds()),
  t: () => '\t',
  T: (date) => strftime(date, '%H:%M:%S'),
  u: (date) => String(date.getDay() || 7),
  U: (date) => padded(weekOfYear(date, 0)),
  w: (date) => String(date.getDay()),
  W: (date) => padded(weekOfYear(date, 1)),
  x: (date) => strftime(date, '%m/%d/%y'),
  X: (date) => strftime(date, '%H:%M:%S'),
  y: (date) => padded(date.getFullYear() % 100),
  Y: (date) => String(date.getFullYear()),
  z: zone,
  Z: (date) => (date.getTimezoneOffset() === 0 ? 'UTC' : zone(date)),
  '%': () => '%',
}

/** `%s`, `%d`, `%5.2f` … by their order. */
function formatPercent(format: string, values: readonly unknown[]): string {
  let next = 0
  return format.replace(
    /%([-0]?)(\d*)(?:\.(\d+))?([sdifxr%])/g,
    (_, flag: string, width: string, digits: string | undefined, kind: string) => {
      if (kind === '%') return '%'
      const value = values[next++]
      const text = inKind(kind, value, digits === undefined ? undefined : Number(digits))
      if (flag === '-') return text.padEnd(Number(width))
      return text.padStart(Number(width), flag === '0' ? '0' : ' ')
    },
  )
}

function inKind(kind: string, value: unknown, digits: number | undefined): string {
  if (kind === 'd' || kind === 'i') return String(Math.trunc(Number(value)))
  if (kind === 'f') return Number(value).toFixed(digits ?? 6)
  if (kind === 'x') return Math.trunc(Number(value)).toString(16)
  return String(value).slice(0, digits)
}

/** `{}` by its order, `{1}` by its place. */
function formatBraces(format: string, values: readonly unknown[]): string {
  let next = 0
  return format.replace(/\{\{|\}\}|\{(\d*)\}/g, (whole, place: string | undefined) => {
    if (whole === '{{' || whole === '}}') return whole.slice(1)
    return String(values[place === undefined || place === '' ? next++ : Number(place)])
  })
}
