// Anywhere on the page is a drop target, so that a near miss does not make the browser leave the page. Files may be pasted
// anywhere, too.
export interface PageDropEvents {
  /** whether documents are asked for now; otherwise nothing is taken */
  readonly isAsked: () => boolean
  /** a transfer with files; it is empty after the event */
  readonly files: (transfer: DataTransfer) => void
  readonly text: (text: string) => void
}

/**
 * @param veil shown while something is dragged over the page
 * @param area a text box, which takes text itself
 */
export function takeWhatIsDropped(
  veil: HTMLElement,
  area: HTMLTextAreaElement,
  on: PageDropEvents,
): void {
  addEventListener('dragover', (event) => {
    event.preventDefault()
    veil.hidden = !on.isAsked() || event.dataTransfer?.types.length === 0
  })
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true
  })
  addEventListener('drop', (event) => {
    veil.hidden = true
    const { dataTransfer } = event
    const hasFiles = dataTransfer?.types.includes('Files') ?? false
    if (!hasFiles && event.target === area) return
    event.preventDefault()
    if (!on.isAsked() || dataTransfer === null) return
    const text = dataTransfer.getData('text/plain')
    if (hasFiles) on.files(dataTransfer)
    else if (text !== '') on.text(text)
  })
  // Files that were copied on the desktop. Programs that copy text add a picture of it, which nobody means.
  addEventListener('paste', (event) => {
    const { clipboardData } = event
    if (!on.isAsked() || clipboardData === null || clipboardData.files.length === 0) return
    if (clipboardData.types.includes('text/html')) return
    event.preventDefault()
    on.files(clipboardData)
  })
}
