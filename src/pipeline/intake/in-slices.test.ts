import { expect, test } from 'vitest'
import { type Steps } from '../../didomi/steps.ts'
import { inSlices } from './in-slices.ts'

function* stepsOf(sizes: readonly number[], log: string[]): Steps<number> {
  for (const size of sizes) {
    log.push('step')
    yield size
  }
  return sizes.length
}

/** How many steps were made before others had each of their turns. */
async function stepsBetween(sizes: readonly number[]): Promise<number[]> {
  const log: string[] = []
  let isOver = false
  const turn = (): void => {
    log.push('turn')
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  expect(await inSlices(stepsOf(sizes, log))).toBe(sizes.length)
  isOver = true
  return log
    .join(' ')
    .split('turn')
    .map(part => part.split('step').length - 1)
}

const KIB = 1024

test('a small body is read at once', async () => {
  expect(await stepsBetween([10, 10, 63 * KIB])).toEqual([3])
})

test.each([
  ['large records, one at a turn', Array<number>(4).fill(64 * KIB), [1, 1, 1, 1]],
  ['small ones, some at a turn', Array<number>(12).fill(16 * KIB), [4, 4, 4]],
  ['empty ones, each as if it had 256 bytes', Array<number>(512).fill(0), [256, 256]],
])('of a large body, %s', async (_, sizes, expected) => {
  const counted = await stepsBetween(sizes)
  expect(counted.filter(steps => steps > 0)).toEqual(expected)
})

test('what a step throws is thrown', async () => {
  function* failing(): Steps<never> {
    yield 100 * KIB
    throw new Error('broken')
  }
  await expect(inSlices(failing())).rejects.toThrow('broken')
})
