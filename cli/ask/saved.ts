// A saved document on the command line: written by the tab to a file, and opened with the settings that it was read with.
import { createWriteStream, openAsBlob } from 'node:fs'
import { rename } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { LongtabError } from '../../src/api/errors.ts'
import { chosenPolicy } from '../../src/plan/settings.ts'
import { describeSaved } from '../../src/saved/describe.ts'
import { RunError } from '../shell/command.ts'
import type { Handler } from '../site/serve.ts'
import type { AskCommand } from './options.ts'

/** Of a command that opens a document: the document's settings, and over them those that were given. Throws RunError. */
export async function withSavedSettings(command: AskCommand): Promise<AskCommand> {
  if (command.open === undefined) return command
  const file = new File([await openAsBlob(command.open)], command.named.title)
  const { settings: saved } = await describeSaved(file).catch((error: unknown) => {
    throw error instanceof LongtabError ? new RunError(error.message) : error
  })
  const { policy: _, storage, ...room } = command.settings
  const policy = chosenPolicy(command.settings)
  const isAnother = policy.name !== undefined && policy.name !== saved.policy.name // with settings of its own
  return {
    ...command,
    settings: {
      ...saved,
      ...given(room),
      policy: { ...(isAnother ? {} : saved.policy), ...given(policy) },
      storage: { ...saved.storage, ...given(storage ?? {}) },
    },
  }
}

function given<Settings extends object>(settings: Settings): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<Settings>
}

/** Takes the bytes that the tab sends; the file is there once it is whole. */
export function written(path: string): Handler {
  return async (request, response) => {
    const unfinished = `${path}.part`
    await pipeline(request, createWriteStream(unfinished))
    await rename(unfinished, path)
    response.end()
  }
}
