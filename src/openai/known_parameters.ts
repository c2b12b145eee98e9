// Which parameters a request may have. What is not known, and what is known and not done here, is refused by its name: nobody
// gets an answer to another request than the one sent.
import { nearest } from './nearest.ts'
import { RequestError } from './request_error.ts'

const supported = [
  'model',
  'messages',
  'document_id',
  'stream',
  'stream_options',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'stop',
  'reasoning_effort',
  'response_format',
  'tools',
  'tool_choice',
  'logprobs',
  'top_logprobs',
  'even_if_absent',
] as const

/** They say who asks, or where and how a service runs and keeps things. */
const unused = [
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'service_tier',
]

interface Refused {
  /** the values that ask for nothing */
  readonly allows?: (value: unknown) => boolean
  /** what to do instead */
  readonly advice: string
}

const isEmpty = (value: unknown) =>
  typeof value === 'object' && Object.keys(value ?? {}).length === 0
const isOneOf =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value)
const noFunctions = 'it is the older name of tools: send tools and tool_choice'

const refused: Readonly<Record<string, Refused>> = {
  functions: { allows: isEmpty, advice: noFunctions },
  function_call: { allows: isOneOf('none', 'auto'), advice: noFunctions },
  parallel_tool_calls: {
    allows: isOneOf(true),
    advice: 'the model decides how many calls it makes: leave it out, and take the first',
  },
  n: { allows: isOneOf(1), advice: 'one answer is given: ask again with another seed' },
  frequency_penalty: { allows: isOneOf(0), advice: 'tokens are drawn without it: leave it out' },
  presence_penalty: { allows: isOneOf(0), advice: 'tokens are drawn without it: leave it out' },
  logit_bias: { allows: isEmpty, advice: 'tokens are drawn without it: leave it out' },
  modalities: {
    allows: (value) => Array.isArray(value) && value.every((one) => one === 'text'),
    advice: 'answers are text: leave it out',
  },
  audio: { advice: 'answers are text: leave it out' },
  prediction: { advice: 'drafts are looked up in the document by themselves: leave it out' },
  store: { allows: isOneOf(false), advice: 'no answer is kept: leave it out' },
  verbosity: { advice: 'say in the question how long the answer should be' },
  web_search_options: { advice: 'nothing is looked up elsewhere: leave it out' },
  moderation: { advice: 'nothing is sent elsewhere: leave it out' },
}

export type ParameterName = (typeof supported)[number]

const known = [...supported, ...unused, ...Object.keys(refused)]

/** Throws RequestError unless the parameter is known, and its value asks for what is done here. */
export function requireKnown(param: string, value: unknown): void {
  if (!known.includes(param)) {
    const meant = nearest(param, known)
    throw new RequestError(
      'bad-setting',
      `there is no parameter ${param}; the nearest is ${meant}`,
      { param },
    )
  }
  const { allows, advice = '' } = refused[param] ?? { allows: () => true }
  if (value === null || value === undefined || allows?.(value)) return
  throw new RequestError('bad-setting', `${param} is not supported: ${advice}`, { param })
}
