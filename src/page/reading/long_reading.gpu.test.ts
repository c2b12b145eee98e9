// What the page asks of the system while it reads for long, in a browser whose answers are pretended.
import { afterEach, expect, test, vi } from 'vitest'
import { fromTemplate } from '../template.ts'
import html from './reading.html?raw'
import { stayAwake } from './stay_awake.ts'
import { createTellWhenRead } from './tell_when_read.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

test('the screen stays on while the page works, and again once the page is seen again', async () => {
  let held = 0
  let asked = 0
  const wakeLock = {
    async request() {
      held++
      asked++
      return { release: async () => void held-- }
    },
  }
  vi.stubGlobal('navigator', { wakeLock })
  const letSleep = stayAwake()
  await vi.waitFor(() => expect(held).toBe(1))
  held = 0 // a hidden page loses it
  document.dispatchEvent(new Event('visibilitychange'))
  await vi.waitFor(() => expect(held).toBe(1))
  letSleep()
  await vi.waitFor(() => expect(held).toBe(0))
  document.dispatchEvent(new Event('visibilitychange'))
  expect(asked).toBe(2)
})

test.each([
  ['granted', true, ['Alice is read. You can ask about it now.']],
  ['granted', false, []],
  ['denied', true, []],
] as const)('permission %s, page hidden %s: told %j', async (answer, hidden, expected) => {
  const told: string[] = []
  class Pretended extends EventTarget {
    static permission = 'default'
    static requestPermission = async () => answer
    constructor(_: string, { body }: { body: string }) {
      super()
      told.push(body)
    }
  }
  vi.stubGlobal('Notification', Pretended)
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  const view = fromTemplate(html)
  const button = view.part('tell', HTMLButtonElement)
  const teller = createTellWhenRead(view)
  teller.begin()
  teller.at(30)
  expect(button.hidden, 'half a minute is waited for').toBe(true)
  teller.at(300)
  expect(button.hidden).toBe(false)
  button.click()
  await vi.waitFor(() => expect(button.disabled).toBe(true))
  teller.end('Alice')
  await new Promise((done) => setTimeout(done, 50))
  expect(told).toEqual(expected)
})
