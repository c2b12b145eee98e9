// What is asked for beside the conversation, read from a request that may be anything JSON can say.
import {
  checkJsonSchema,
  LongtabError,
  mostLikeliest,
  type AskOptions,
  type JsonSchema,
} from '../index.ts'
import { fieldsOf } from './fields.ts'
import { requireKnown, type ParameterName } from './known_parameters.ts'
import { requireModel } from './models.ts'
import type { ChatRequest } from './request.ts'
import { RequestError } from './request_error.ts'
import { toolsOf } from './tools.ts'

/** What a completion needs beside the conversation. */
export interface Parameters {
  readonly stream: boolean
  readonly includeUsage: boolean
  readonly documentId: string | undefined
  readonly options: Omit<
    AskOptions,
    'history' | 'instructions' | 'exchanges' | 'signal' | 'onThinking' | 'onToken'
  >
}

/**
 * Reads a request, which may be anything that JSON can say. What is wrong with it is told before a document is read for it. Throws
 * RequestError.
 * @param model name of the one that answers
 */
export async function readParameters(request: ChatRequest, model: string): Promise<Parameters> {
  const given = requireRecord(request)
  for (const [name, value] of Object.entries(given)) requireKnown(name, value)
  const taken = reader(given)
  requireModel(taken.text('model'), model)
  const effort = taken.text('reasoning_effort') ?? 'none'
  const tools = toolsOf(given['tools'], given['tool_choice'])
  await requireCallable(tools)
  const options = {
    ...tools,
    maxTokens: taken.whole('max_completion_tokens', 1) ?? taken.whole('max_tokens', 1),
    temperature: taken.number('temperature', 'a number of at least 0', (found) => found >= 0),
    topP: taken.number('top_p', 'above 0 and at most 1', (found) => found > 0 && found <= 1),
    topK: taken.whole('top_k', 0),
    seed: taken.whole('seed', -Infinity),
    stop: taken.texts('stop'),
    evenIfAbsent: taken.flag('even_if_absent'),
    json: await jsonOf(given['response_format']),
    logProbs: likeliestOf(taken.flag('logprobs') ?? false, taken.whole('top_logprobs', 0)),
  }
  return {
    stream: taken.flag('stream') ?? false,
    includeUsage: includesUsage(given['stream_options']),
    documentId: taken.text('document_id'),
    options: { ...defined(options), think: effort !== 'none' },
  }
}

function requireRecord(request: unknown): Readonly<Record<string, unknown>> {
  if (typeof request === 'object' && request !== null && !Array.isArray(request))
    return request as Readonly<Record<string, unknown>>
  throw new RequestError('bad-input', 'the request is no object; send one with model and messages')
}

/** Values by their names; `null` counts as left out. */
function reader(given: Readonly<Record<string, unknown>>) {
  const value = <T>(param: ParameterName, form: string, fits: (value: unknown) => value is T) => {
    const found = given[param] ?? undefined
    if (found === undefined || fits(found)) return found
    throw new RequestError('bad-setting', `${param} must be ${form}`, { param })
  }
  return {
    text: (param: ParameterName) => value(param, 'a text', isText),
    number: (param: ParameterName, form: string, fits: (found: number) => boolean) =>
      value(param, form, (found): found is number => typeof found === 'number' && fits(found)),
    whole(param: ParameterName, least: number) {
      const form = `a whole number${least === -Infinity ? '' : ` of at least ${least}`}`
      const isWhole = (found: unknown) => Number.isSafeInteger(found) && Number(found) >= least
      return value(param, form, (found): found is number => isWhole(found))
    },
    flag: (param: ParameterName) =>
      value(param, 'true or false', (found) => typeof found === 'boolean'),
    texts(param: ParameterName) {
      const found = value(param, 'a text or a list of texts', isTextOrTexts)
      return typeof found === 'string' ? [found] : found
    },
  }
}

const isText = (found: unknown): found is string => typeof found === 'string'
const isTextOrTexts = (found: unknown): found is string | string[] =>
  isText(found) || (Array.isArray(found) && found.every(isText))

function includesUsage(options: unknown): boolean {
  if (options === null || options === undefined) return false
  const param = 'stream_options'
  const fields = fieldsOf(options, param, ['include_usage', 'include_obfuscation'])
  for (const [name, value] of Object.entries(fields))
    if (typeof value !== 'boolean')
      throw new RequestError('bad-setting', `${param}.${name} must be true or false`, { param })
  return fields['include_usage'] === true
}

/** How many tokens are told in the place of each; undefined where no log-probabilities are. */
function likeliestOf(isTold: boolean, likeliest = 0): number | undefined {
  const param = 'top_logprobs'
  if (likeliest > mostLikeliest)
    throw new RequestError(
      'bad-setting',
      `${param} must be at most ${mostLikeliest}, not ${likeliest}`,
      { param },
    )
  if (isTold) return likeliest
  if (likeliest === 0) return undefined
  throw new RequestError('bad-setting', `${param} needs logprobs: true`, { param })
}

/** What holds the answer to a form; undefined for text. */
async function jsonOf(format: unknown): Promise<true | JsonSchema | undefined> {
  const param = 'response_format'
  if (format === null || format === undefined) return undefined
  const { type, json_schema: named } = fieldsOf(format, param, ['type', 'json_schema'])
  if (type === 'text') return undefined
  if (type === 'json_object') return true
  if (type === 'json_schema' && named !== undefined) {
    const known = ['name', 'schema', 'strict', 'description']
    const { schema } = fieldsOf(named, `${param}.json_schema`, known)
    if (schema === undefined || schema === null) return true
    await requireHeld(schema as JsonSchema, param)
    return schema as JsonSchema
  }
  throw new RequestError(
    'bad-setting',
    `${param} must be of type text, json_object, or json_schema with a json_schema`,
    { param },
  )
}

/** Arguments of a call that is required are held to the schema of its tool. */
async function requireCallable({ tools = [], toolChoice = 'auto' }: Tools): Promise<void> {
  if (toolChoice === 'auto') return
  const callable = tools.filter(({ name }) => toolChoice === 'required' || name === toolChoice.name)
  for (const { parameters } of callable) if (parameters) await requireHeld(parameters, 'tools')
}

type Tools = Pick<AskOptions, 'tools' | 'toolChoice'>

async function requireHeld(schema: JsonSchema, param: string): Promise<void> {
  try {
    await checkJsonSchema(schema)
  } catch (error) {
    if (error instanceof LongtabError) throw new RequestError(error.code, error.message, { param })
    throw error
  }
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}
