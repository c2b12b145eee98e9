// A question and its answer as Markdown, with what the document says as numbered quotations.
import type { Passage } from '../../index.ts'

/** @param sources as the answer names them, the first one being 1 */
export function markdownOf(question: string, answer: string, sources: readonly Passage[]): string {
  const quoted = sources.map(({ text }, i) => quotation(`[${i + 1}] ${text.trim()}`))
  return [`**${oneLine(question)}**`, answer.trim(), ...quoted].join('\n\n') + '\n'
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ')
}

function quotation(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')
}
