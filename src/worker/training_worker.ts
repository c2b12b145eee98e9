// The training's thread: a training session behind Comlink.
import { expose } from 'comlink'
import { openTrainingSession } from '../training/session.ts'
import { carryErrors } from './errors.ts'
import { showLife } from './life.ts'

showLife()
carryErrors()
expose(openTrainingSession(navigator.gpu))
