// The folder of the model that comes with Longtab, in a checkout and in the package alike.
import { join } from 'node:path'
import { root } from '../build/paths.ts'

export const builtInModel = join(root, 'public/models/default')
