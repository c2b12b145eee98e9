// A model by its name on the Hub or by an address: the text field, and how to reach it.
import type { AccessOptions } from '../../index.ts'
import type { Parts } from '../template.ts'

export interface NameForm {
  /** '' while nothing was named */
  name(): string
  access(): AccessOptions
  /** As if the user had typed it and asked to look. */
  choose(name: string, revision: string | undefined): void
  focus(): void
}

/** @param onLook told when the user asks for it: choosing alone sends nothing anywhere */
export function createNameForm({ part }: Parts, onLook: () => void): NameForm {
  const field = part('model-url', HTMLInputElement)
  const token = part('model-token', HTMLInputElement)
  const revision = part('model-revision', HTMLInputElement)
  const keep = part('model-keep', HTMLInputElement)
  part('model-url-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    onLook()
  })
  const orUndefined = (text: string) => (text.trim() === '' ? undefined : text.trim())
  return {
    name: () => field.value.trim(),
    access: () => ({
      token: orUndefined(token.value),
      revision: orUndefined(revision.value),
      keep: keep.checked,
    }),
    choose(name, overrides) {
      field.value = name
      revision.value = overrides ?? ''
      onLook()
    },
    focus: () => field.focus(),
  }
}
