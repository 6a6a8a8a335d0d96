/** Items that wait together are flushed together; `add` resolves when its item's flush did. */
type Group<T, R> = { add(item: T): Promise<R>; readonly size: number; idle(): Promise<void> }

type Waiting<T, R> = { readonly item: T; resolve(result: R): void; reject(error: unknown): void }

type Most<T> = {
  readonly items: number
  /** What all of a group weigh together, but for one that is heavier alone. */
  readonly weight: number
  readonly weigh: (item: T) => number
}

function sizeOfNext<T, R>(queue: readonly Waiting<T, R>[], { items, weight, weigh }: Most<T>): number {
  let [size, sum] = [0, 0]
  for (const { item } of queue) {
    sum += weigh(item)
    if (size === items || (size > 0 && sum > weight)) break
    size += 1
  }
  return size
}

/**
 * Group commit: while one flush is under way, bodies that arrive wait for the next, so one disk sync serves many.
 * No timer: a single item is flushed at once. `flush` returns one result per item, in order.
 */
export function createGroup<T, R>(flush: (items: readonly T[]) => Promise<readonly R[]>, most: Most<T>): Group<T, R> {
  const queue: Waiting<T, R>[] = []
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    // Lets everything that arrived in this turn of the event loop join the first group.
    await new Promise(setImmediate)
    while (queue.length > 0) {
      const batch = queue.splice(0, sizeOfNext(queue, most))
      try {
        const results = await flush(batch.map(({ item }) => item))
        if (results.length !== batch.length) throw new Error('a flush gave more or fewer results than it had items')
        results.forEach((result, index) => batch[index]?.resolve(result))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    running = undefined
  }

  return {
    add: item =>
      new Promise<R>((resolve, reject) => {
        queue.push({ item, resolve, reject })
        running ??= run()
      }),
    get size() {
      return queue.length
    },
    idle: async () => {
      while (running) await running
    },
  }
}
