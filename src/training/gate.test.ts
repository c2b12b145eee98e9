import { expect, test } from 'vitest'
import { createGate } from './gate.ts'

test('an open gate lets through, a closed one until it opens', async () => {
  const gate = createGate()
  expect(await gate.pass()).toBe('go')
  gate.close()
  let passed = false
  const waiting = gate.pass().then((went) => {
    passed = true
    return went
  })
  await Promise.resolve()
  expect(passed).toBe(false)
  gate.open()
  expect(await waiting).toBe('go')
})

test('a stop ends a pause and lasts', async () => {
  const gate = createGate()
  gate.close()
  const waiting = gate.pass()
  gate.stop()
  expect(await waiting).toBe('stop')
  gate.open()
  expect(await gate.pass()).toBe('stop')
})
