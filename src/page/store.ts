// State that several views share, in one place: read, changed, and watched by name.

export interface Store<State> {
  get(): State
  set(changes: Partial<State>): void
  /** Calls `act` after each change of one of these. Returns what ends it. */
  on(names: readonly (keyof State)[], act: (state: State, before: State) => void): () => void
}

export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial
  const watchers = new Set<(before: State) => void>()
  return {
    get: () => state,
    set(changes) {
      const before = state
      state = { ...state, ...changes }
      for (const tell of [...watchers]) tell(before)
    },
    on(names, act) {
      const tell = (before: State): void => {
        if (names.some((name) => !Object.is(state[name], before[name]))) act(state, before)
      }
      watchers.add(tell)
      return () => watchers.delete(tell)
    },
  }
}
