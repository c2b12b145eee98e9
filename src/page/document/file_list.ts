// The chosen files as a list in reading order: each says what it is or why it cannot be read, and can be moved or taken out.
import { make, makeButton } from '../elements.ts'
import { titleOf, type ChosenFile } from './chosen_files.ts'
import * as texts from './several_texts.ts'

export interface FileListEvents {
  readonly move: (id: number, by: number) => void
  readonly remove: (id: number) => void
}

export interface FileList {
  show(files: readonly ChosenFile[]): void
}

/** The elements of one file, which stay the same while it moves. */
interface Row {
  readonly element: HTMLLIElement
  readonly up: HTMLButtonElement
  readonly down: HTMLButtonElement
  readonly remove: HTMLButtonElement
  show(file: ChosenFile, index: number, count: number): void
}

/** @param status says where a file is after it was moved */
export function createFileList(
  list: HTMLElement,
  status: HTMLElement,
  on: FileListEvents,
): FileList {
  let rows = new Map<number, Row>()

  const makeRow = (id: number): Row => {
    const name = make('p', 'stored-name')
    const facts = make('p', 'soft')
    const fault = make('p', 'complaint')
    const act = (by: number) => () => {
      on.move(id, by)
      status.textContent = texts.moved(name.textContent, [...rows.keys()].indexOf(id), rows.size)
      focusOn(rows.get(id), by < 0)
    }
    const up = makeButton('quiet', texts.up, act(-1))
    const down = makeButton('quiet', texts.down, act(1))
    const remove = makeButton('quiet', texts.remove, () => {
      const at = [...rows.keys()].indexOf(id)
      on.remove(id)
      status.textContent = texts.removed(name.textContent)
      const left = [...rows.values()]
      ;(left[at] ?? left.at(-1))?.remove.focus()
    })
    const words = make('div', 'file-words', name, facts, fault)
    const element = make('li', '', words, make('div', 'row', up, down, remove))
    let shown: ChosenFile | undefined // most rows stay as they are when one changes
    return {
      element,
      up,
      down,
      remove,
      show(file, index, count) {
        up.disabled = index === 0
        down.disabled = index === count - 1
        if (file === shown) return
        shown = file
        name.textContent = titleOf(file)
        facts.textContent = texts.facts(file)
        fault.textContent = texts.reason(file)
        facts.hidden = facts.textContent === ''
        fault.hidden = fault.textContent === ''
        for (const button of [up, down, remove])
          button.ariaLabel = `${button.textContent}: ${name.textContent}`
      },
    }
  }

  return {
    show(files) {
      const before = [...rows.keys()].join()
      rows = new Map(files.map(({ id }) => [id, rows.get(id) ?? makeRow(id)]))
      files.forEach((file, i) => rows.get(file.id)?.show(file, i, files.length))
      if (before === [...rows.keys()].join()) return
      list.replaceChildren(...Array.from(rows.values(), ({ element }) => element))
    },
  }
}

/** The same button again, or the other one at an end of the list. */
function focusOn(row: Row | undefined, isUp: boolean): void {
  if (row === undefined) return
  const [pressed, other] = isUp ? [row.up, row.down] : [row.down, row.up]
  ;(pressed.disabled ? other : pressed).focus()
}
