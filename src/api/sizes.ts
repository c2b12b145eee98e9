// Bytes in messages: whole megabytes, and more digits where two sizes would otherwise read the same.

/** 1,500,000 → `2 MB`: never less than it is. */
export function megabytes(bytes: number): string {
  return inDigits(bytes, 0)
}

/** Two sizes that differ, in digits enough to show it: `1.048580 MB` and `1.048576 MB`. */
export function megabytesApart(one: number, other: number): readonly [string, string] {
  let digits = 0
  while (digits < 6 && inDigits(one, digits) === inDigits(other, digits)) digits++
  return [inDigits(one, digits), inDigits(other, digits)]
}

function inDigits(bytes: number, digits: number): string {
  const rounded = Math.ceil((bytes * 10 ** digits) / 1e6) / 10 ** digits
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return `${rounded.toLocaleString('en-US', options)} MB`
}
