// A notification at the end of a long reading, for those who look elsewhere meanwhile and have asked for it.
import type { Parts } from '../template.ts'
import * as texts from './texts.ts'

/** A reading that takes no longer is waited for. */
const longSeconds = 60

export interface TellWhenRead {
  begin(): void
  /** @param secondsLeft undefined while that is not known */
  at(secondsLeft: number | undefined): void
  /** @param name of what was read */
  end(name: string): void
}

export function createTellWhenRead({ part }: Parts): TellWhenRead {
  const button = part('tell', HTMLButtonElement)
  let isWanted = false

  button.addEventListener('click', () => {
    void Notification.requestPermission().then((answer) => {
      isWanted = answer === 'granted'
      button.textContent = isWanted ? texts.willTell : texts.mayNotTell
      button.disabled = true
    })
  })

  return {
    begin() {
      isWanted = false
      button.hidden = true
      button.disabled = false
      button.textContent = texts.tell
    },
    at(secondsLeft) {
      const isLong = secondsLeft !== undefined && secondsLeft > longSeconds
      if (isLong && 'Notification' in globalThis && Notification.permission !== 'denied')
        button.hidden = false
    },
    end(name) {
      button.hidden = true
      if (isWanted && document.hidden) void notify(texts.readToTheEnd(name))
    },
  }
}

/** By the service worker where there is one: phones allow no other way. */
async function notify(words: string): Promise<void> {
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker
  const registration = await workers?.getRegistration()
  if (registration !== undefined) await registration.showNotification('Longtab', { body: words })
  else new Notification('Longtab', { body: words }).addEventListener('click', () => focus())
}
