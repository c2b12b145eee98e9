// Numbers as people read them: bytes, counts, durations and shares.

const grouped = new Intl.NumberFormat('en')
const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
/** keeps a number and its unit on one line */
const gap = '\u00a0'

/** 1234567 → `1,234,567` */
export function formatCount(count: number): string {
  return grouped.format(Math.round(count))
}

/** All that a number of bytes can have. */
const mostDigits = 15

/** Three digits in the largest decimal unit that leaves at least one: 37,412,000 → `37.4 MB`. */
export function formatBytes(bytes: number, digits = 3): string {
  let value = bytes
  let unit = 0
  while (Number(value.toPrecision(digits)) >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${Number(value.toPrecision(digits))}${gap}${units[unit] ?? ''}`
}

/** Two sizes that differ, in digits enough to show it, which three may not be. */
export function formatBytesApart(one: number, other: number): readonly [string, string] {
  let digits = 3
  const same = () => formatBytes(one, digits) === formatBytes(other, digits)
  while (digits < mostDigits && same()) digits += 1
  return [formatBytes(one, digits), formatBytes(other, digits)]
}

/** Seconds as `0.4 s`, `42 s`, `3 min 20 s` or `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.1) return `under 0.1${gap}s`
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))}${gap}s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}${gap}s`
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's')
  const minutes = Math.round(whole / 60)
  return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const head = `${large}${gap}${largeUnit}`
  return small === 0 ? head : `${head} ${small}${gap}${smallUnit}`
}

/** A rate with as many digits as are worth reading: 1234.5 → `1,235`, 41.26 → `41`, 3.14 → `3.1`. */
export function formatRate(perSecond: number): string {
  return perSecond >= 10 ? formatCount(perSecond) : String(Number(perSecond.toFixed(1)))
}

const inWords = new Intl.NumberFormat('en', {
  notation: 'compact',
  compactDisplay: 'long',
  maximumSignificantDigits: 3,
})

/** Three digits of a large count: 8531000000 → `8.53 billion`. */
export function formatAmount(count: number): string {
  return inWords.format(count).replaceAll(' ', gap)
}

/** How many times as much, in two digits: 0.7481 → `0.75 times`. */
export function formatMultiple(ratio: number): string {
  return `${Number(ratio.toPrecision(2))}${gap}times`
}

/** 0…1 in per cent; what is not quite nothing or not quite all is not rounded to it. */
export function formatShare(share: number): string {
  if (share <= 0) return `0${gap}%`
  if (share < 0.01) return `under 1${gap}%`
  if (share > 0.99 && share < 1) return `over 99${gap}%`
  return `${Math.round(share * 100)}${gap}%`
}
