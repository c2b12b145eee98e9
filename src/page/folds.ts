// Escape closes the fold that the focus is in, the innermost first, and brings the focus back to what opened it.

export function closeFoldsByEscape(): void {
  addEventListener('keydown', (event) => {
    const { target } = event
    if (event.key !== 'Escape' || event.isComposing || !(target instanceof Element)) return
    const fold = target.closest<HTMLDetailsElement>('details[open]')
    if (fold === null) return
    fold.open = false
    fold.querySelector('summary')?.focus()
  })
}
