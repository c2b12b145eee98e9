// Number formats of a report.
import type { Spread } from './statistics.ts'

/** For values that could not be measured. */
export const unknown = '?'

/** `1.23 (1.2 – 1.31; 5)` */
export function spreadText({ median, low, high, samples }: Spread, unit: number): string {
  return `${digits(median / unit)} (${digits(low / unit)} – ${digits(high / unit)}; ${samples})`
}

export function percent(share: number | null): string {
  return share === null ? unknown : `${digits(100 * share)} %`
}

export function times(value: number, of: number | undefined): string {
  return of === undefined ? unknown : `${digits(value / of)} ×`
}

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return unknown
  const magnitude = Math.abs(value)
  if (magnitude === 0) return '0'
  const decimals = Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(magnitude))))
  return value
    .toFixed(decimals)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}
