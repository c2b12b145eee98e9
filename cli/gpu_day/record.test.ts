import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shapes, type ShapeName } from '../../src/bench/shapes.ts'
import { ownHeadsList } from '../../src/own_heads.ts'
import { contestantNames } from '../peers/contestants.ts'
import { nextTurn, type State } from './record.ts'
import { sectionsOf, type Section } from './sections.ts'

const section = (name: string, limitS: number): Section => ({
  name,
  limitS,
  needs: [],
  program: 'node',
  args: [],
})
const sections = [section('a', 100), section('b', 200), section('c', 50)]
const none = new Map<string, State>()

/** Names and limits of the sections of a run in which each takes `tookS`. */
function turns(states: ReadonlyMap<string, State>, seconds: number, tookS: number) {
  const taken: string[] = []
  const tried = new Set<string>()
  for (let left = seconds; ; left -= tookS) {
    const turn = nextTurn(sections, states, tried, left)
    if (turn === undefined) return taken
    tried.add(turn.section.name)
    taken.push(`${turn.section.name} ${turn.limitS}`)
  }
}

describe('nextTurn', () => {
  it('gives each section its own time, in order', () => {
    expect(turns(none, 350, 10)).toEqual(['a 100', 'b 200', 'c 50'])
  })

  it('leaves what does not fit for the next run and takes what does', () => {
    expect(turns(none, 240, 100)).toEqual(['a 100', 'c 50'])
    const states = new Map<string, State>([
      ['a', 'done'],
      ['c', 'done'],
    ])
    expect(turns(states, 240, 100)).toEqual(['b 200'])
  })

  it('runs again what failed, ran out of time or was skipped, once a run', () => {
    const states = new Map<string, State>([
      ['a', 'failed'],
      ['b', 'out of time'],
      ['c', 'skipped'],
    ])
    expect(turns(states, 1000, 1)).toEqual(['a 100', 'b 200', 'c 50'])
  })

  it('shortens the first section of a run that is too short for any, but not to nothing', () => {
    const onlyB = new Map<string, State>([
      ['a', 'done'],
      ['c', 'done'],
    ])
    expect(turns(onlyB, 150, 1)).toEqual(['b 150'])
    expect(turns(onlyB, 10, 1)).toEqual([])
  })
})

describe('sectionsOf', () => {
  const day = {
    ...{ out: 'out', models: 'models', headsModel: 'folder', corpus: 'books' },
    chromium: '/usr/bin/chromium',
  }
  it('fits into three runs of 350 seconds, and into two what measures speed', () => {
    const all = sectionsOf({ ...day, rehearse: false })
    const states = new Map<string, State>()
    const run = () => {
      const tried = new Set<string>()
      for (let left = 350; ;) {
        const turn = nextTurn(all, states, tried, left)
        if (turn === undefined) return
        expect(turn.limitS).toBe(turn.section.limitS)
        tried.add(turn.section.name)
        states.set(turn.section.name, 'done')
        left -= turn.limitS // at worst
      }
    }
    const open = () => all.filter(({ name }) => !states.has(name)).map(({ name }) => name)
    run()
    run()
    expect(open().filter((name) => !['quality', 'heads'].includes(name))).toEqual([])
    run()
    expect(open()).toEqual([])
  })

  it('measures every contestant once', () => {
    const all = sectionsOf({ ...day, rehearse: false })
    const measured = all.flatMap(({ args }) => {
      const from = args.indexOf('--only') + 1
      return args.includes('--peers') ? args.slice(from, args.indexOf('--tokens')) : []
    })
    expect([...measured].sort()).toEqual([...contestantNames].sort())
  })

  it('names heads that come with Longtab and are of the shape that they are measured in', () => {
    const args = sectionsOf({ ...day, rehearse: false }).map((section) => section.args)
    const measured = args.filter((each) => each.includes('--by-head'))
    const valueOf = (each: readonly string[], flag: string) => each[each.indexOf(flag) + 1]
    for (const each of measured) {
      const own = ownHeadsList.find(
        ({ name }) => `dist/heads/${name}` === valueOf(each, '--by-head'),
      )
      const shape = shapes[valueOf(each, '--shape') as ShapeName]
      const { layers, hidden, heads, kvHeads, headSize } = shape
      expect(own?.shape).toBe([layers, hidden, heads, kvHeads, headSize].join('×'))
    }
    expect(measured).toHaveLength(2)
  })
})

describe('a rehearsal', () => {
  it('runs a kernel test that there is', () => {
    const day = { out: 'o', models: 'm', headsModel: 'h', corpus: 'c', chromium: undefined }
    const rehearsed = sectionsOf({ ...day, rehearse: true })
    const kernels = rehearsed.find(({ name }) => name === 'kernels')
    const pattern = kernels?.args.at(-1) ?? ''
    expect(existsSync(join(import.meta.dirname, `../../src/${pattern}gpu.test.ts`))).toBe(true)
  })
})
