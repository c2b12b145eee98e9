import { expect, test } from 'vitest'
import { createStore } from './store.ts'

interface Lamp {
  readonly lit: boolean
  readonly colour: string
  readonly owner: string | undefined
}

const lamp = (): Lamp => ({ lit: false, colour: 'red', owner: undefined })

test('a change keeps what it does not name, and leaves the state read before as it was', () => {
  const store = createStore(lamp())
  const before = store.get()
  store.set({ lit: true })
  expect(store.get()).toEqual({ lit: true, colour: 'red', owner: undefined })
  expect(before).toEqual(lamp())
})

test('who watches a name is called once for each change of it, with the state after', () => {
  const store = createStore(lamp())
  const seen: Lamp[] = []
  store.on(['lit', 'colour'], (state) => seen.push(state))
  store.set({ owner: 'Ada' }) // not watched
  store.set({ lit: true, colour: 'blue' }) // two names, one change
  store.set({ lit: true }) // the same value again
  expect(seen).toEqual([{ lit: true, colour: 'blue', owner: 'Ada' }])
})

test('a name set to undefined is a change', () => {
  const store = createStore<Lamp>({ ...lamp(), owner: 'Ada' })
  let calls = 0
  store.on(['owner'], () => (calls += 1))
  store.set({ owner: undefined })
  expect(calls).toBe(1)
  expect(store.get().owner).toBeUndefined()
})

test('a watcher may change the state, and those after it see the latest', () => {
  const store = createStore(lamp())
  const colours: string[] = []
  store.on(['lit'], ({ lit }) => store.set({ colour: lit ? 'white' : 'black' }))
  store.on(['lit', 'colour'], ({ colour }) => colours.push(colour))
  store.set({ lit: true })
  expect(new Set(colours)).toEqual(new Set(['white']))
})

test('a watcher that has ended is not called', () => {
  const store = createStore(lamp())
  let calls = 0
  const end = store.on(['lit'], () => (calls += 1))
  end()
  store.set({ lit: true })
  expect(calls).toBe(0)
})
