// Short and long forms of GPU tests. In software a case takes half a second and more, so `npm test`, which runs in a browser,
// has the short forms. Node, which runs them on a real GPU, has the long ones or is asked for them.
declare const process: { readonly env: Readonly<Record<string, string | undefined>> } | undefined

/** The number that a variable of the environment gives in Node, else the short form's. */
export function longOr(variable: string, short: number): number {
  const env = typeof process === 'undefined' ? undefined : process.env
  return Number(env?.[variable] ?? short)
}

/**
 * In Node every pair of two values. In a browser every value of both lists, each of the first with so many of the second.
 */
export function pairsOf<First, Second>(
  first: readonly First[],
  second: readonly Second[],
  each = 1,
): [First, Second][] {
  return typeof process === 'undefined' ? somePairs(first, second, each) : allPairs(first, second)
}

function allPairs<First, Second>(
  first: readonly First[],
  second: readonly Second[],
): [First, Second][] {
  return first.flatMap((one) => second.map((other): [First, Second] => [one, other]))
}

/** Goes through both lists in step, and shifts the second whenever a pair would come again. */
export function somePairs<First, Second>(
  first: readonly First[],
  second: readonly Second[],
  each: number,
): [First, Second][] {
  const [rows, columns] = [first.length, second.length]
  const period = leastCommonMultiple(rows, columns)
  const count = Math.min(rows * columns, Math.max(rows * each, columns))
  return Array.from({ length: count }, (_, i) => {
    const shift = Math.floor(i / period)
    return [at(first, i % rows), at(second, (i + shift) % columns)]
  })
}

function leastCommonMultiple(one: number, other: number): number {
  let multiple = one
  while (multiple % other !== 0) multiple += one
  return multiple
}

function at<Value>(values: readonly Value[], i: number): Value {
  if (i >= values.length) throw new Error(`no value ${i} of ${values.length}`)
  return values[i] as Value
}
