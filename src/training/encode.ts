// Training texts as token ids, in the chat template with which the heads will be used.
import { LongtabError } from '../api/errors.ts'
import type { ChatForm } from '../text/chat.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type { Reply, TrainingSample, TrainingText } from './sample.ts'
import type { TrainingSettings } from '../api/training.ts'

/** The request of the `repeat` label: KVzip's task in our own words. */
const repeatRequest = 'Write down the whole text above once more, word for word.'

/**
 * A context longer than `length` loses its middle, so that a question at its end stays. An answer longer than the tokens
 * its question leaves of `reply` loses its end. Throws LongtabError `bad-input` naming the text, when a question leaves
 * none.
 */
export function encodeSample(
  tokenizer: Tokenizer,
  chat: ChatForm,
  text: TrainingText,
  settings: Pick<TrainingSettings, 'length' | 'reply' | 'questions' | 'label'>,
): TrainingSample {
  const { length, label } = settings
  const document = tokenizer.encode(chat.lead + text.context, 'data', chat.boundary)
  const context = cutMiddle([...chat.prefix, ...document], length)
  if (label === 'repeat') return { context, replies: [repeat(chat, context)] }
  return { context, replies: encodeReplies(tokenizer, chat, text, settings) }
}

/** Throws LongtabError `bad-input` naming the text, when a question leaves no tokens for its answer. */
export function encodeReplies(
  tokenizer: Tokenizer,
  chat: ChatForm,
  { turns, name }: TrainingText,
  { questions, reply }: Pick<TrainingSettings, 'questions' | 'reply'>,
): Reply[] {
  return turns.slice(0, questions).map(({ question, answer }) => {
    const asked = question === undefined ? chat.answerStart : chat.tail(question)
    const said = tokenizer.encode(answer, 'data', 'section')
    if (asked.length >= reply) {
      throw new LongtabError(
        'bad-input',
        `${name} of the training data has a question of ${asked.length} tokens, and the window for it and its answer is ${reply}; raise --reply above ${asked.length} or leave the question out`,
      )
    }
    if (said.length === 0) {
      throw new LongtabError(
        'bad-input',
        `${name} of the training data has an answer of no tokens; leave it out`,
      )
    }
    return { ids: Uint32Array.from([...asked, ...said].slice(0, reply)), firstAnswer: asked.length }
  })
}

function cutMiddle(ids: readonly number[], length: number): Uint32Array {
  if (ids.length <= length) return Uint32Array.from(ids)
  const head = Math.ceil(length / 2)
  return Uint32Array.from([...ids.slice(0, head), ...ids.slice(ids.length - (length - head))])
}

/** The request, then the context again as if the model had written it. */
function repeat(chat: ChatForm, context: Uint32Array): Reply {
  const asked = chat.tail(repeatRequest)
  const again = context.subarray(chat.prefix.length)
  return { ids: Uint32Array.from([...asked, ...again]), firstAnswer: asked.length }
}
