// Anywhere on the page is a drop target, so that a near miss does not make the browser leave the page. Files may be pasted
// anywhere, too.
export interface PageDropEvents {
  /** Whether text is taken now. Beside a document that is open it is not, since it may be a part of that. */
  readonly takesText: () => boolean
  readonly takesFiles: () => boolean
  /** a transfer with files; it is empty after the event */
  readonly files: (transfer: DataTransfer) => void
  readonly text: (text: string) => void
}

/** @param veil shown while something is dragged over the page that is taken */
export function takeWhatIsDropped(veil: HTMLElement, on: PageDropEvents): void {
  addEventListener('dragover', (event) => {
    event.preventDefault()
    const types = event.dataTransfer?.types ?? []
    const takesAll = on.takesText() && types.length > 0
    veil.hidden = !takesAll && !(on.takesFiles() && types.includes('Files'))
  })
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true
  })
  addEventListener('drop', (event) => {
    veil.hidden = true
    const { dataTransfer, target } = event
    const hasFiles = dataTransfer?.types.includes('Files') ?? false
    if (!hasFiles && target instanceof HTMLTextAreaElement) return // it takes text itself
    event.preventDefault()
    if (dataTransfer === null) return
    const text = dataTransfer.getData('text/plain')
    if (hasFiles && on.takesFiles()) on.files(dataTransfer)
    else if (on.takesText() && text !== '') on.text(text)
  })
  // Files that were copied on the desktop. Programs that copy text add a picture of it, which nobody means.
  addEventListener('paste', (event) => {
    const { clipboardData } = event
    if (!on.takesFiles() || clipboardData === null || clipboardData.files.length === 0) return
    if (clipboardData.types.includes('text/html')) return
    event.preventDefault()
    on.files(clipboardData)
  })
}
