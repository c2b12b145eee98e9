// A value of somebody's file in a message.

/** Longer than this it is cut: its words would drown ours. */
const longest = 200

/** Its JSON as far as that is short, and its kind where it nests too deep to be written. */
export function shown(value: unknown): string {
  const text = written(value)
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}

function written(value: unknown): string {
  if (value === undefined) return 'nothing'
  try {
    return JSON.stringify(value)
  } catch {
    return Array.isArray(value) ? 'a list of lists of lists' : 'an object of objects of objects'
  }
}
