// A document's thread: its parsers may hang or run out of memory without the page or the engine.
import { expose } from 'comlink'
import { openDocumentSession } from '../documents/session.ts'
import { carryErrors } from './errors.ts'
import { showLife } from './life.ts'

showLife()
carryErrors()
expose(openDocumentSession())
