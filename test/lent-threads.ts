import { StoreError } from '../src/store/engine/errors.ts'
import { startThread, type Thread } from '../src/store/engine/sqlite-thread.ts'

// The start of a thread takes 40 ms of processor time, and what it runs is compiled anew. After its `close`, a thread
// knows nothing of the store it had.
const idle: Thread[] = []

/** A thread of a connection, which somebody else gets once it is stopped. One that died, or cannot close, ends. */
export function lendThread(): Thread {
  const thread = idle.find(({ died }) => !died.aborted) ?? startThread()
  if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1)
  let back: Promise<void> | undefined
  return {
    died: thread.died,
    ask: order =>
      back === undefined
        ? thread.ask(order)
        : Promise.reject(new StoreError('the database thread has ended', { failure: 'unavailable' })),
    stop: () => (back ??= giveBack(thread)),
  }
}

async function giveBack(thread: Thread): Promise<void> {
  try {
    await thread.ask({ kind: 'close' })
    idle.push(thread)
  } catch {
    await thread.stop()
  }
}
