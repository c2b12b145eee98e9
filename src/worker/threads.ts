// The threads of the module: a worker for the engine, one for training, one for each document, or this thread. What runs in this
// thread is fetched only when it is asked for: a page that leaves it to workers need not load it twice.
import type { DocumentSession } from '../documents/session.ts'
import type { Session } from '../reading/protocol.ts'
import type { TrainingSession } from '../training/protocol.ts'
import type { OpenDocument } from './open_file.ts'
import { thisThread, workerThread, type Thread } from './thread.ts'

/** @param gpu to read on in this thread; undefined: in a worker */
export async function readingThread(gpu: GPU | undefined): Promise<Thread<Session>> {
  if (gpu !== undefined) {
    const { openSession } = await import('../reading/session.ts')
    return thisThread<Session>(openSession(gpu))
  }
  return workerThread(
    () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
    'longtab reading',
    import.meta.url,
  )
}

/** @param gpu to train on in this thread; undefined: in a worker */
export async function trainingThread(gpu: GPU | undefined): Promise<Thread<TrainingSession>> {
  if (gpu !== undefined) {
    const { openTrainingSession } = await import('../training/session.ts')
    return thisThread<TrainingSession>(openTrainingSession(gpu))
  }
  return workerThread(
    () => new Worker(new URL('./training_worker.ts', import.meta.url), { type: 'module' }),
    'longtab training',
    import.meta.url,
  )
}

/** A worker that parses a document. */
export async function documentThread(): Promise<Thread<DocumentSession>> {
  const { parserFault } = await import('./document_client.ts')
  return workerThread(
    () => new Worker(new URL('./document_worker.ts', import.meta.url), { type: 'module' }),
    'longtab documents',
    import.meta.url,
    parserFault,
  )
}

export const openDocumentInWorker: OpenDocument = async (blob, options, signal) => {
  const { openInThread } = await import('./document_client.ts')
  return openInThread(await documentThread(), blob, options, signal)
}

export const openDocumentHere: OpenDocument = async (blob, options) => {
  const { openDocument } = await import('../documents/open_document.ts')
  return openDocument(blob, options)
}
