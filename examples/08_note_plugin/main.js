// The host's side, for Obsidian: two commands ask with the selected text, and the answer is put behind it.
import { Notice, Plugin } from 'obsidian'
import { createNotes } from './notes.ts'

const model = 'HuggingFaceTB/SmolLM2-135M-Instruct'

export default class AskNotes extends Plugin {
  async onload() {
    // a host runs one script of a plug-in: module and worker lie beside it and are imported by their address
    const address = this.app.vault.adapter.getResourcePath(`${this.manifest.dir}/module/longtab.js`)
    const { load } = await import(address)
    const notice = new Notice('', 0)
    notice.hide()
    this.notes = createNotes(load, model, (text) => notice.setMessage(text))
    this.addCommand({
      id: 'ask-note',
      name: 'Ask this note the selected question',
      editorCallback: (editor, { file }) => this.answer(editor, [file]),
    })
    this.addCommand({
      id: 'ask-notes',
      name: 'Ask all notes the selected question',
      editorCallback: (editor) => this.answer(editor, this.app.vault.getMarkdownFiles()),
    })
  }

  async answer(editor, files) {
    const question = editor.getSelection()
    const notes = files.map(async (file) => ({
      name: file.basename,
      text: await this.app.vault.cachedRead(file),
    }))
    try {
      const answer = await this.notes.ask(await Promise.all(notes), question)
      editor.replaceSelection(`${question}\n\n> ${answer.replaceAll('\n', '\n> ')}\n`)
    } catch (error) {
      new Notice(error.message)
    }
  }

  onunload() {
    this.notes?.close()
  }
}
