// A table's rows as text: every cell behind its column's name, so that a row read alone still says what it says.

/** Takes the rows in order, and takes the first for the columns' names where it looks like them. */
export class RowText {
  #names: readonly string[] | undefined
  #isFirst = true

  /** The text of a row with its line end; `''` of one without any cell. */
  row(cells: readonly string[]): string {
    const clean = cells.map((cell) => cell.replace(/\s+/g, ' ').trim())
    if (clean.every((cell) => cell === '')) return ''
    if (this.#isFirst) {
      this.#isFirst = false
      if (areNames(clean)) {
        this.#names = clean
        return `${clean.join(' | ')}\n`
      }
    }
    const names = this.#names
    if (names === undefined) return `${clean.join(' | ')}\n`
    const named = clean.flatMap((cell, i) => {
      const name = names[i] ?? ''
      return cell === '' ? [] : [name === '' ? cell : `${name}: ${cell}`]
    })
    return `${named.join('; ')}\n`
  }
}

/** Whether a first row names the columns: at least two cells, none that begins as a number, none twice. */
export function areNames(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== '')
  return (
    filled.length > 1 &&
    filled.length * 2 > cells.length &&
    new Set(filled).size === filled.length &&
    filled.every((cell) => cell.length <= 80 && !/^[-+]?\d/.test(cell))
  )
}
