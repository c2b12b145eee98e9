// A view is made from the HTML beside it. Its elements are looked up while it is made, each with its class, and then put in
// its place. After that the template is empty, so nothing is looked up while the page runs.

export interface Parts {
  /** The element with this id; throws when the HTML and the code have drifted apart. */
  readonly part: <Kind extends Element>(id: string, kind: new () => Kind) => Kind
  /** The place that the HTML keeps for another view: `<slot name="…">`. */
  readonly slot: (name: string) => HTMLSlotElement
}

export interface Template extends Parts {
  /** Puts the view in the place that was kept for it. */
  place(slot: HTMLSlotElement): void
}

/** @param words for each `{{name}}` in the HTML; our own words only, as they become part of the markup */
export function fromTemplate(
  html: string,
  words: Readonly<Record<string, string | undefined>> = {},
): Template {
  const template = document.createElement('template')
  // eslint-disable-next-line no-restricted-properties -- of files beside the code; no script runs in it
  template.innerHTML = html.replaceAll(
    /\{\{(\w+)\}\}/g,
    (name, word: string) => words[word] ?? name,
  )
  const { content } = template
  return {
    ...partsOf(content),
    place(slot) {
      slot.replaceWith(content)
    },
  }
}

export function partsOf(root: DocumentFragment | Document): Parts {
  return {
    part(id, kind) {
      const element = root.getElementById(id)
      if (!(element instanceof kind)) throw new Error(`the HTML has no ${kind.name} #${id}`)
      return element
    },
    slot(name) {
      const slot = root.querySelector<HTMLSlotElement>(`slot[name="${name}"]`)
      if (slot === null) throw new Error(`the HTML has no <slot name="${name}">`)
      return slot
    },
  }
}
