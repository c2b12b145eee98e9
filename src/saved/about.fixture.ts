import type { About } from './about.ts'

/** What a saved document says of itself, of the smallest model that can be. */
export const about: About = {
  title: 'Emma',
  savedAt: 5,
  model: { source: 'owner/name', fingerprint: 'f', shape: '1×2×3×4×5', weights: 'w' },
  settings: {
    ...{ budget: 4, burst: 0, chunk: 4, tail: 4, local: 1 },
    ...{ positions: 'slot', allocation: 'even', recall: 'none' },
    policy: { name: 'streaming', stabilizers: 0, sinks: 0 },
    storage: { weights: 'f32', cache: 'f32' },
  },
  budgets: [[4]],
  document: {
    form: 'chat',
    isSkimmed: false,
    prefix: [1],
    ...{ tokens: 7, prefilled: 7, encoding: 'utf-8', notes: [], readMs: 1 },
  },
  file: { format: 'text', firstChar: [], place: [] },
  cache: {
    seen: 7,
    heads: [[{ capacity: 8, occupied: 4, merged: { first: 0, end: 0 } }]],
  },
}
