// The engine's thread: a session behind Comlink.
import { expose } from 'comlink'
import { openSession } from '../reading/session.ts'
import { carryErrors } from './errors.ts'
import { showLife } from './life.ts'

showLife()
carryErrors()
expose(openSession(navigator.gpu))
