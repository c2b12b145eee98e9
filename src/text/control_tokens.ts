// Which tokens of a vocabulary structure a conversation: start, end, role, thought, tool call. Files type many of them as
// ordinary ones (`special: false`, GGUF's user-defined or normal), so their text decides too. Text of a document or a
// question never becomes one of them.

/** Texts that end an answer in models known today, in whatever way the vocabulary has them. */
export const endTexts: readonly string[] = [
  '<|im_end|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|end_of_text|>',
  '<|endoftext|>',
  '<|end|>',
  '<|eot|>',
  '<|return|>',
  '<|end_of_role|>',
  '<|END_OF_TURN_TOKEN|>',
  '<|end_of_turn|>',
  '<end_of_turn>',
  '<turn|>',
  '<end_of_utterance>',
  '<｜end▁of▁sentence｜>',
  '<EOT>',
  '[EOT]',
]

const turnTexts: ReadonlySet<string> = new Set([...endTexts, '<start_of_turn>', '<|turn>'])

/** Bars inside brackets, as in <|user|>: no word, no markup and no program has it by itself. */
const barred = /^<[|｜][^\s<>|｜]*\p{L}[^\s<>|｜]*[|｜]>$/u

/** A name in brackets: <think>, </tool_call>, [INST], <<SYS>>. */
const bracketed = /^(?:<{1,2}[^<>]*\p{L}[^<>]*>{1,2}|\[[^[\]]*\p{L}[^[\]]*\])$/u

/** Elements of HTML that vocabularies have as tokens for texts that hold them. */
const markup =
  /^<\/?(?:h[1-6]|table|caption|thead|tbody|tfoot|tr|th|td|ul|ol|li|dl|dt|dd|p|br|hr|div|span|a|img|pre|code|blockquote|strong|em|b|i|u|s|sub|sup)>$/i

/** Whether the text alone tells that the token begins or ends a turn, even where it is not listed as an added token. */
export function marksTurn(text: string): boolean {
  return turnTexts.has(text) || barred.test(text)
}

/**
 * Whether an added token that is not marked special is one of the control tokens all the same.
 * @param templates texts of the chat templates
 */
export function isControl(text: string, templates: readonly string[]): boolean {
  if (marksTurn(text)) return true
  if (bracketed.test(text) && !markup.test(text)) return true
  return isMark(text) && templates.some((template) => template.includes(text))
}

/** Letters with punctuation, such as `USER:` or `### Answer`: a word alone may be a variable of the template. */
function isMark(text: string): boolean {
  return /\p{L}/u.test(text) && /[^\p{L}\p{N}\s_'’▁]/u.test(text)
}
