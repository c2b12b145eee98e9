// What a batch says of itself: a line for each document, of words or of JSON for programs.
import type { Done } from './run.ts'

/** @param place of the document in what is left to read, from 1 */
export function doneLine(done: Done, place: number, of: number, asJson: boolean): string {
  if (asJson) return JSON.stringify({ ...done, place, of })
  const { document, answers, failures } = done
  const failed = failures === 0 ? '' : `, ${failures} failed`
  return `[${place}/${of}] ${document}: ${answers} ${answers === 1 ? 'answer' : 'answers'}${failed}`
}
