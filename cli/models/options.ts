// The command line of `npm run models`.
import { called } from '../shell/called.ts'
import { given } from '../shell/flag.ts'

/** What `--help` says. */
export const description = {
  usage: called('models', '[--json]'),
  about: 'Lists the models that are known by name, and which of them are on this disk.',
  flags: { json: given('a list for programs, with sizes in bytes') },
}
