import { expect, test } from 'vitest'
import { type Waiting } from '../../domain/turn.ts'
import { createHashQueue } from './hash-queue.ts'

const stranger = (from: string): Waiting => ({ isKnown: false, from })
const known = (from: string): Waiting => ({ isKnown: true, from })

/** A queue whose uses end when the test says so. */
function world() {
  const queue = createHashQueue()
  const told: string[] = []
  let ends: (() => void)[] = []
  const enter = (who: Waiting, name: string) =>
    queue(who, () => {
      told.push(name)
      return new Promise<void>(resolve => ends.push(resolve))
    }).catch((error: unknown) => void told.push(`${name}: ${String(error)}`))
  const quiet = () => new Promise(resolve => setImmediate(resolve))
  async function goesOn() {
    await quiet()
    while (ends.length > 0) {
      const now = ends
      ends = []
      now.forEach(end => end())
      await quiet()
    }
  }
  return { told, enter, quiet, goesOn }
}

test('one use at a time; known devices come first, each kind in its order', async () => {
  const { told, enter, quiet, goesOn } = world()
  void enter(stranger('a'), 's1')
  void enter(stranger('a'), 's2')
  void enter(known('b'), 'k3')
  void enter(stranger('c'), 's4')
  void enter(known('b'), 'k5')
  await quiet()
  expect(told).toEqual(['s1'])
  await goesOn()
  expect(told).toEqual(['s1', 'k3', 'k5', 's2', 's4'])
})

test('a crowd from one network is turned away, and nobody else', async () => {
  const { told, enter, goesOn } = world()
  void enter(stranger('first'), 'first')
  void enter(stranger('quiet'), 'quiet')
  for (let n = 0; n < 5_000; n++) void enter(stranger('crowd'), `${n}`)
  void enter(known('browser'), 'browser')
  await goesOn()
  expect(told.filter(each => each.includes('many people prove their passwords'))).toHaveLength(4_980)
  expect(told.filter(each => !each.includes(':')).slice(0, 4)).toEqual(['first', 'browser', 'quiet', '4980'])
})

test('a use that fails ends, and the next one begins', async () => {
  const queue = createHashQueue()
  await expect(queue(stranger('a'), () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory')
  expect(await queue(stranger('a'), () => Promise.resolve(1))).toBe(1)
})
