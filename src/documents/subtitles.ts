// Subtitles (SRT, WebVTT): what is said, a line for each cue, its time as the place. Cue numbers and times are left out.
import type { OpenFormat, Piece } from './format.ts'
import { decodedText, linesOf } from './text_chunks.ts'

export const open: OpenFormat = async (blob, options) => {
  const { source, about } = decodedText(blob, options)
  return { ...about, pieces: pieces(source.chunks) }
}

const timing = /^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s+-->\s/

async function* pieces(chunks: AsyncIterable<string>): AsyncGenerator<Piece> {
  let seconds: number | undefined // of the cue that is being read
  let said: string[] = []
  const cue = (): Piece[] => {
    const text = withoutTags(said.join(' '))
    said = []
    if (seconds === undefined || text === '') return []
    return [{ text: `${text}\n`, place: { kind: 'time', value: seconds } }]
  }
  for await (const text of linesOf(chunks)) {
    const line = text.trim()
    const time = timing.exec(line)
    if (time !== null) {
      if (/^\d+$/.test(said.at(-1) ?? '')) said.pop() // the number of this cue, where no empty line stands before it
      yield* cue()
      seconds = secondsOf(time)
    } else if (line === '') {
      yield* cue()
      seconds = undefined // numbers and notes stand between cues
    } else if (seconds !== undefined) said.push(line)
  }
  yield* cue()
}

function secondsOf([
  ,
  hours = '0',
  minutes = '0',
  seconds = '0',
  part = '0',
]: RegExpExecArray): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${part}`)
}

/** A voice stays as the name of who speaks; all other tags go. */
function withoutTags(text: string): string {
  return text
    .replace(/<v(?:\.[^\s>]*)?\s+([^>]+)>/g, '$1: ')
    .replace(/<\/?[a-z][^>]*>|<\d[\d:.]*>|\{\\[^}]*\}/gi, '')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&nbsp;', ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
