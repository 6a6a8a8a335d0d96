/** Work in steps, each of which says how many bytes it has read. */
export type Steps<Result> = Generator<number, Result>

/** All of the work at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
