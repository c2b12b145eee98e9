// The keys of a JSON object as they are written, doubles included: JSON.parse silently keeps the last of two.

/** @param text valid JSON, an object */
export function* topLevelKeys(text: string): Generator<string> {
  const marks = /\\.|["{}[\]:]/g
  let depth = 0
  let opened = -1 // where the string being read begins
  let latest = '' // the last string read, quotes included
  for (const { 0: mark, index } of text.matchAll(marks)) {
    if (opened >= 0) {
      if (mark !== '"') continue
      latest = text.slice(opened, index + 1)
      opened = -1
    } else if (mark === '"') opened = index
    else if (mark === '{' || mark === '[') depth++
    else if (mark === '}' || mark === ']') depth--
    else if (depth === 1) yield JSON.parse(latest) as string
  }
}
