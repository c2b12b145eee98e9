// How a document is read once more in pieces, and what that costs: which passages make a piece, which answers about pieces are
// joined at once. A piece stands in the document's slots, as passages do, so it takes no room of its own.
import type { SurveyCost } from '../api/survey.ts'
import type { Settings } from '../api/settings.ts'
import { roomForText } from './passage_room.ts'

/** Sizes of a survey, in tokens. */
export interface SurveyPlan {
  /** of a piece, at most */
  readonly piece: number
  /** of the answer about a piece, at most */
  readonly part: number
  /** of the answers that are joined at once, at most */
  readonly joined: number
}

/** Consecutive passages of the document, or consecutive answers. */
export interface Group {
  readonly first: number
  readonly count: number
}

/** Short enough that small models list nearly all of what a piece holds: docs/research/survey.md. */
const usualPiece = 512
const usualPart = 128
const longestJoined = 2048

/** What the chat template and the instruction around a question take, about. */
const aroundQuestion = 96

/** @param budgets (layer, kv head) */
export function surveyPlan(
  settings: Pick<Settings, 'policy' | 'burst' | 'chunk'>,
  budgets: readonly (readonly number[])[],
): SurveyPlan {
  const room = roomForText(settings, budgets)
  const joined = Math.min(longestJoined, room)
  return {
    piece: Math.min(usualPiece, room),
    part: Math.max(1, Math.min(usualPart, Math.floor(joined / 2) - betweenParts)),
    joined,
  }
}

/** Tokens between two answers that are joined. */
export const betweenParts = 4

/**
 * Fills groups one after the other; what is longer than a group is a group of its own.
 * @param lengths tokens of each
 * @param most tokens of a group
 */
export function inGroups(lengths: readonly number[], most: number): Group[] {
  const groups: Group[] = []
  let left = 0
  lengths.forEach((length, at) => {
    const last = groups.at(-1)
    if (last === undefined || length > left) {
      groups.push({ first: at, count: 1 })
      left = most - length
    } else {
      groups[groups.length - 1] = { first: last.first, count: last.count + 1 }
      left -= length
    }
  })
  return groups
}

/** How fast a model reads and writes here, in tokens a second; undefined where that was not measured yet. */
export interface Speed {
  readonly reads: number | undefined
  readonly writes: number | undefined
}

/**
 * @param passages tokens of each
 * @param joined tokens of the joined answer, at most; undefined where the answers are not joined
 */
export function surveyCost(
  passages: readonly number[],
  plan: SurveyPlan,
  joined: number | undefined,
  { reads, writes }: Speed,
): SurveyCost {
  const pieces = inGroups(passages, plan.piece).length
  const joins = joined === undefined ? nothing : joiningCost(pieces, plan, joined)
  const readTokens = sum(passages) + pieces * aroundQuestion + joins.readTokens
  const writtenTokens = pieces * plan.part + joins.writtenTokens
  return {
    pieces,
    readTokens,
    writtenTokens,
    ...(reads !== undefined &&
      writes !== undefined && { seconds: readTokens / reads + writtenTokens / writes }),
  }
}

type Tokens = Pick<SurveyCost, 'readTokens' | 'writtenTokens'>

const nothing: Tokens = { readTokens: 0, writtenTokens: 0 }

/** Of joining answers that are all as long as they may be, level by level. */
function joiningCost(answers: number, plan: SurveyPlan, joined: number): Tokens {
  if (answers < 2) return nothing
  const lengths = Array.from({ length: answers }, () => plan.part + betweenParts)
  const groups = inGroups(lengths, plan.joined)
  const calls = groups.filter(({ count }) => count > 1).length
  const above = joiningCost(groups.length, plan, joined)
  return {
    readTokens: sum(lengths) + calls * aroundQuestion + above.readTokens,
    writtenTokens: (groups.length === 1 ? joined : calls * plan.part) + above.writtenTokens,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
