// <longtab-reader model="…" policy="…" budget="…">: asks a text or a file, without a framework. The model is loaded with the first
// document, and again when an attribute changes. The page may give a document by `read` and ask by `ask`.
import { load } from 'longtab'

const form = `<style>
  :host { display: block; color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  :host(.over) { outline: 2px dashed; outline-offset: .5rem }
  form { display: grid; gap: .75rem }
  label { display: grid; gap: .25rem; font-weight: 600 }
  input { font: inherit; font-weight: 400; padding: .5rem; min-width: 0; box-sizing: border-box; width: 100% }
  button { font: inherit; padding: .5rem 1.25rem; min-height: 2.75rem; justify-self: start }
  p { margin: 0; min-height: 1.5em; overflow-wrap: anywhere }
  #answer { margin-block: 1rem; white-space: pre-wrap; font-size: 1.125rem }
  ol:empty { display: none }
</style>
<form>
  <label>Document, or drop one here <input type="file" /></label>
  <p id="state" role="status">No document yet.</p>
  <label>Question <input id="question" required autocomplete="off" /></label>
  <button disabled>Ask</button>
</form>
<p id="answer" aria-label="Answer" aria-live="polite"></p>
<ol aria-label="Sources"></ol>`

export class LongtabReader extends HTMLElement {
  static observedAttributes = ['model', 'policy', 'budget']
  #shown = this.attachShadow({ mode: 'open' })
  #work = new AbortController()
  #model
  #document

  constructor() {
    super()
    this.#shown.innerHTML = form
    const files = this.#find('[type=file]')
    files.addEventListener('change', () => this.#take(files.files))
    this.#find('form').addEventListener('submit', (event) => {
      event.preventDefault()
      this.ask(this.#find('#question').value).catch(() => undefined) // it has been shown
    })
    this.addEventListener('dragover', (event) => this.#over(event, true))
    this.addEventListener('dragleave', (event) => this.#over(event, false))
    this.addEventListener('drop', (event) => {
      this.#over(event, false)
      this.#take(event.dataTransfer.files)
    })
  }

  /** Reads a text, a Blob or a stream in place of what was read before. Rejects as `load` and `read` do. */
  async read(source) {
    const signal = this.#begin()
    this.#document = undefined
    this.#find('button').disabled = true
    return this.#telling(signal, async () => {
      this.#model ??= load(this.getAttribute('model'), {
        ...this.#settings(),
        onProgress: this.#progress,
      })
      const model = await this.#model.catch((error) => {
        this.#model = undefined // the next document tries again
        throw error
      })
      const document = await model.read(source, { signal, onProgress: this.#progress })
      signal.throwIfAborted()
      this.#document = document
      this.#find('button').disabled = false
      this.#say(`${document.tokens.toLocaleString('en')} tokens read.`)
      this.#tell('read', document)
      return document
    })
  }

  /** Streams the answer into the element and gives its summary. Another question ends this one. */
  async ask(question) {
    if (this.#document === undefined)
      throw new Error('no document was read; give one to read() first')
    const signal = this.#begin()
    return this.#telling(signal, async () => {
      const answer = this.#document.ask(question, { signal })
      for await (const piece of answer) if (!signal.aborted) this.#find('#answer').append(piece)
      const summary = await answer.summary
      signal.throwIfAborted()
      if (summary.finish === 'absent')
        this.#find('#answer').textContent = 'The document does not say.'
      if (summary.doubtful) this.#say('The model doubts this answer.')
      const sources = summary.sources.map(({ text, place }) => {
        const item = document.createElement('li')
        item.append(place ? `${place.kind} ${place.value}: ` : '', text.trim())
        return item
      })
      this.#find('ol').replaceChildren(...sources)
      this.#tell('answer', summary)
      return summary
    })
  }

  attributeChangedCallback() {
    if (this.#model !== undefined) this.#leave('The model has changed; give the document again.')
  }

  disconnectedCallback() {
    this.#leave('No document yet.')
  }

  #settings() {
    const policy = this.getAttribute('policy')
    const budget = this.getAttribute('budget')
    return {
      recall: 'passages',
      ...(policy && { policy }),
      ...(budget && { budget: Number(budget) }),
    }
  }

  #take([file]) {
    if (file !== undefined) this.read(file).catch(() => undefined) // it has been shown
  }

  #over(event, isOver) {
    event.preventDefault()
    this.classList.toggle('over', isOver)
  }

  /** Ends what is under way and clears the last answer. */
  #begin() {
    this.#work.abort()
    this.#work = new AbortController()
    this.#find('#answer').textContent = ''
    this.#find('ol').replaceChildren()
    return this.#work.signal
  }

  /** Shows an error, unless something else has begun in the meantime. */
  async #telling(signal, work) {
    try {
      return await work()
    } catch (error) {
      if (!signal.aborted) {
        this.#say(error.message)
        this.#tell('error', error)
      }
      throw error
    }
  }

  #leave(state) {
    this.#begin()
    this.#model?.then((model) => model.close()).catch(() => undefined)
    this.#model = this.#document = undefined
    this.#find('button').disabled = true
    this.#say(state)
  }

  #progress = (progress) => {
    const { phase, share } = progress
    this.#say(share === undefined ? `${phase} …` : `${phase}: ${Math.floor(100 * share)} %`)
    this.#tell('progress', progress)
  }

  #say(text) {
    this.#find('#state').textContent = text
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  #find(selector) {
    return this.#shown.querySelector(selector)
  }
}

customElements.define('longtab-reader', LongtabReader)
