// Holds an answer to JSON. Before each token a mask of those that may come goes to the GPU, which takes the others out of the
// choice. The mask follows from the tokens before it, so a step waits for the one before: no drafts, none ahead.
import type { AnswerOptions } from '../api/answer.ts'
import { LongtabError } from '../api/errors.ts'
import type { JsonSchema } from '../api/json.ts'
import type { Engine } from '../forward/engine.ts'
import { createTokenMask, type TokenMask } from '../grammar/token_mask.ts'
import type { State } from '../grammar/grammar.ts'
import { jsonState } from '../grammar/json_schema.ts'
import { maskLogitsGrid } from '../kernels/mask_logits.ts'
import type { Endings } from './endings.ts'
import type { Tokenizer } from '../text/tokenizer.ts'

export interface Constraint {
  /** Records what takes tokens out of the choice that follows. */
  mask(): void
  /** Takes the token that was chosen. */
  take(id: number): void
  /** Whether nothing can follow. */
  isOver(): boolean
  /** Frees what it holds. */
  end(): void
}

export interface Constraints {
  /**
   * Opens what holds an answer to a form; undefined for a free answer. Throws LongtabError `bad-setting` for a schema, a tokenizer
   * or a thinking model that cannot be held to it, and for a beginning that is none of it.
   * @param prefix text that the answer goes on from
   */
  to(
    json: AnswerOptions['json'],
    prefix: string,
    endings: Endings,
  ): (() => Promise<Constraint>) | undefined
}

/** Remembers the vocabulary's order and the last schema: making them takes some tenths of a second. */
export function createConstraints(engine: Engine, tokenizer: Tokenizer): Constraints {
  const { gpu, plan, kernels, recorder, scratch } = engine
  const { vocabulary } = plan.model
  let masks: { readonly name: string; readonly tokens: TokenMask } | undefined
  let begun: { readonly name: string; readonly state: State } | undefined

  function tokensEndingWith(endIds: readonly number[]): TokenMask {
    const name = endIds.join()
    if (masks?.name === name) return masks.tokens
    const tokens = createTokenMask(tokenizer.tokenBytes(vocabulary), endIds)
    masks = { name, tokens }
    return tokens
  }

  function stateOf(schema: true | JsonSchema): State {
    const name = JSON.stringify(schema)
    if (begun?.name !== name) begun = { name, state: jsonState(schema) }
    return begun.state
  }

  return {
    to(json, prefix, { endIds, beginsThinking = false }) {
      if (json === undefined) return undefined
      if (beginsThinking) throw thinksFirst()
      const first = stateBehind(stateOf(json), prefix)
      const tokens = tokensEndingWith(endIds)
      return () => open(first, tokens)
    },
  }

  async function open(first: State, tokens: TokenMask): Promise<Constraint> {
    const kernel = await kernels.maskLogits()
    const bytes = 4 * Math.ceil(vocabulary / 32)
    const allowed = gpu.memory.allocate('scratch', 'allowed tokens', bytes)
    let state = first
    return {
      mask() {
        const mask = tokens.of(state)
        if (mask.every((word) => word === 0)) throw nothingFollows()
        gpu.device.queue.writeBuffer(allowed, 0, mask)
        const buffers = { allowed, logits: scratch.logits }
        recorder.run(kernel, { vocabulary }, buffers, maskLogitsGrid(vocabulary))
      },
      take(id) {
        state = tokens.after(state, id) ?? state // an end token
      },
      isOver: () => state.mustEnd,
      end: () => gpu.memory.free(allowed),
    }
  }
}

function stateBehind(first: State, prefix: string): State {
  let state: State | undefined = first
  for (const byte of new TextEncoder().encode(prefix)) state = state?.after(byte)
  if (state !== undefined) return state
  throw new LongtabError(
    'bad-setting',
    `the answer cannot be held to JSON: it is begun with '${prefix}', which is not how the form begins; change prefix, or leave it out`,
  )
}

function thinksFirst(): LongtabError {
  return new LongtabError(
    'bad-setting',
    'the model thinks before it answers, which is no JSON; ask without think, or without json',
  )
}

function nothingFollows(): LongtabError {
  return new LongtabError(
    'bad-setting',
    'the answer cannot be held to JSON: no token of the vocabulary goes on with it; ask without json',
  )
}
