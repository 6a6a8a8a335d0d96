import { expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { manualClock } from '../../../simulator/clock.ts'
import { MINUTE, SECOND } from '../../domain/instant.ts'
import { createWaitingRoom } from './waiting-room.ts'

const HERE = '203.0.113.0/24'
const AWAY = '198.51.100.0/24'

function world() {
  const clock = manualClock(MORNING)
  const room = createWaitingRoom({ clock: clock.now, after: clock.after })
  let comers = 0
  /** Who began, or gave way, in this order, with the second. */
  const told: string[] = []
  const enter = (over: { email?: string; network?: string; known?: string } = {}) => {
    const name = `${++comers}`
    const { email = 'ada@mail.test', network = HERE, known } = over
    const begun = room.enter({ email, network, known })
    const tell = (what: string) => told.push(`${name} ${what} ${(clock.now() - MORNING) / SECOND}`)
    begun.then(
      found => tell(found ? 'begins' : 'gives way'),
      () => tell('is refused'),
    )
    return begun
  }
  /** Lets what was promised come about. */
  const quiet = () => new Promise(resolve => setImmediate(resolve))
  async function passes(ms: number) {
    const end = clock.now() + ms
    for (let at = clock.nextAt(); at !== undefined && at <= end; at = clock.nextAt()) {
      clock.set(at)
      await quiet()
    }
    clock.set(end)
    await quiet()
  }
  return { room, told, enter, quiet, passes, clock }
}

test('three tries begin at once, those after them wait longer and longer', async () => {
  const { told, enter, quiet, passes } = world()
  for (let n = 1; n <= 9; n++) {
    void enter()
    await quiet()
    while (told.length < n) await passes(SECOND)
  }
  const seconds = told.map(each => Number(each.split(' ').at(-1)))
  expect(seconds).toEqual([0, 0, 0, 1, 3, 7, 15, 30, 45])
})

test('the newest begins first, and the oldest of too many gives way', async () => {
  const { told, enter, quiet, passes } = world()
  for (let n = 0; n < 8; n++) void enter()
  await quiet()
  expect(told).toEqual(['1 begins 0', '2 begins 0', '3 begins 0', '4 gives way 0'])
  await passes(MINUTE)
  expect(told.slice(4)).toEqual(['8 begins 1', '7 begins 3', '6 begins 7', '5 begins 15'])
})

test.each([50, 5_000])('after %i guesses at once whoever comes next begins within 15 s', async guesses => {
  const { told, enter, passes } = world()
  for (let n = 0; n < guesses; n++) void enter()
  void enter()
  await passes(15 * SECOND)
  expect(told).toContain(`${guesses + 1} begins 1`)
})

test('guesses of others are no wait elsewhere', async () => {
  const { told, enter, quiet } = world()
  for (let n = 0; n < 7; n++) void enter()
  await quiet()
  told.length = 0
  void enter({ network: AWAY })
  await quiet()
  void enter({ email: 'bob@mail.test', network: AWAY })
  await quiet()
  expect(told).toEqual(['8 begins 0', '9 begins 0'])
})

test('guesses at many accounts from one network wait, too', async () => {
  const { told, enter, quiet, passes } = world()
  for (let n = 0; n < 21; n++) void enter({ email: `person-${n}@mail.test` })
  await quiet()
  expect(told).toHaveLength(20)
  await passes(SECOND)
  expect(told).toContain('21 begins 1')
})

test('a known device begins at once whatever others do, until it has been wrong ten times', async () => {
  const { told, enter, quiet, passes } = world()
  for (let n = 0; n < 100; n++) void enter()
  for (let n = 0; n < 10; n++) void enter({ known: 'her browser' })
  await quiet()
  for (let n = 101; n <= 110; n++) expect(told).toContain(`${n} begins 0`)
  void enter({ known: 'her browser' })
  await quiet()
  expect(told).not.toContain('111 begins 0')
  await passes(SECOND)
  expect(told).toContain('111 begins 1')
})

test('who was right need not wait the next time, and clears the way for no guesses at others', async () => {
  const { told, enter, quiet } = world()
  for (let n = 0; n < 25; n++) (await enter({ email: 'her own account' }))?.succeed()
  for (let n = 0; n < 20; n++) void enter({ email: `person-${n}` })
  ;(await enter({ email: 'her own account', known: 'hers' }))?.succeed()
  await quiet()
  told.length = 0
  void enter({ email: 'yet another' })
  await quiet()
  expect(told).toEqual([])
})

test('a password that was never compared does not count', async () => {
  const { told, enter } = world()
  for (let n = 0; n < 30; n++) (await enter())?.takeBack()
  expect(told).toHaveLength(30)
})

test('when it closes, who waits is refused, and who comes later', async () => {
  const { room, told, enter, quiet, clock } = world()
  for (let n = 0; n < 4; n++) void enter()
  room.close()
  void enter()
  await quiet()
  expect(told.toSorted().slice(3)).toEqual(['4 is refused 0', '5 is refused 0'])
  expect(clock.nextAt()).toBeUndefined()
})
