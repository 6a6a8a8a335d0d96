import { type Steps } from '../../didomi/steps.ts'

/** Bytes that are read between two turns of others: some 10 ms of ordinary records. */
const SLICE_BYTES = 64 * 1024
/** What a step counts for at least. An empty record takes as long to refuse as this many bytes to read. */
const LEAST_STEP = 256

/** Reads a body so that no other request waits long: a small one at once, a large one in parts, one a turn of the loop. */
export async function inSlices<Result>(steps: Steps<Result>): Promise<Result> {
  let left = SLICE_BYTES
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    left -= Math.max(LEAST_STEP, step.value)
    if (left > 0) continue
    await new Promise(setImmediate)
    left = SLICE_BYTES
  }
}
