import { describe, expect, test } from 'vitest'
import { DAY } from '../../src/domain/instant.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const PEOPLE = Array.from({ length: 160 }, (_, n) => `p${String(n).padStart(3, '0')}@example.test`)
const LOSING = PEOPLE.slice(0, 150)
const REFUSING = 'p149@example.test'
const FIRST = 100
const WAITING = LOSING.length - FIRST - 1

type Problem = {
  id: string
  decision: string | null
  people: number
  deliveries: number
  samples: { person: string }[]
}

const at = '2026-11-23T08:00:00.000Z'
const granted = (who: string) => event({ who, id: `grant of ${who}`, at, purposes: { newsletter: true } })
const deleted = (who: string) => ({ ...granted(who), type: 'event.deleted' })

/** 160 people whose grants Mailchimp holds; then the grants of 150 are deleted, and one of these refuses besides. */
async function massLoss(): Promise<World> {
  const world = await startWorld()
  for (const email_address of PEOPLE)
    world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed', merge_fields: {} })
  await world.integrates()
  await world.receives(...PEOPLE.map(granted))
  await world.settles()
  expect(saying(world, 'true')).toHaveLength(PEOPLE.length)
  await world.receives(...LOSING.map(deleted))
  await world.receives(event({ who: REFUSING, at: '2026-11-23T08:30:00.000Z', purposes: { newsletter: false } }))
  await world.settles()
  return world
}

const valueOf = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: unknown } | undefined)?.NEWS

const saying = (world: World, value: string): string[] => PEOPLE.filter(who => valueOf(world, who) === value)

const problems = async (world: World): Promise<Problem[]> =>
  (await world.api<{ data: Problem[] }>('GET', '/v1/retractions')).body.data

async function onlyProblem(world: World): Promise<Problem> {
  const [problem, ...others] = await problems(world)
  expect(others).toEqual([])
  if (!problem) throw new Error('nothing waits')
  return problem
}

async function sweeps(world: World): Promise<void> {
  world.app.retractions.request()
  await world.app.retractions.idle()
  await world.settles()
}

const answer = (world: World, { id }: Problem, decision: string) =>
  world.api<Problem & { code?: string }>('POST', `/v1/retractions/${id}`, { decision })

describe('R33: 150 of 160 people lose their grants by deletions', () => {
  test('100 are denied, the rest wait as one problem, a stated refusal goes, and yes lets them go', async () => {
    await using world = await massLoss()
    expect(saying(world, 'false')).toHaveLength(FIRST + 1)
    expect(valueOf(world, REFUSING)).toBe('false')
    const problem = await onlyProblem(world)
    expect(problem).toMatchObject({ decision: null, people: WAITING, deliveries: WAITING })
    expect(problem.samples).toHaveLength(10)
    for (const { person } of problem.samples) expect(valueOf(world, person)).toBe('true')

    const failures = await world.api<{ data: unknown[] }>('GET', '/v1/failures')
    expect(failures.body.data).toMatchObject([{ kind: 'held', cause: 'many_retractions', count: WAITING }])

    expect((await answer(world, problem, 'release')).body).toMatchObject({ decision: 'release' })
    await sweeps(world)
    expect(saying(world, 'false')).toEqual(LOSING)
    expect(await problems(world)).toEqual([])
    const audit = await world.api<{ data: unknown[] }>('GET', '/v1/audit')
    expect(audit.body.data[0]).toMatchObject({ action: 'retractions.release', subject: problem.id })
  })

  test('without an answer they go after 24 hours', async () => {
    await using world = await massLoss()
    await world.passes(DAY - 60_000)
    await sweeps(world)
    expect(saying(world, 'false')).toHaveLength(FIRST + 1)
    await world.passes(60_000)
    await sweeps(world)
    expect(saying(world, 'false')).toEqual(LOSING)
  })

  test('no withholds them through a restart, a day and a resync; what is stated goes on; and it can become a yes', async () => {
    await using world = await massLoss()
    const problem = await onlyProblem(world)
    const [again = '', refuses = ''] = problem.samples.map(({ person }) => person)
    await answer(world, problem, 'withhold')
    await world.restarts()
    await world.passes(2 * DAY)
    await sweeps(world)
    expect(saying(world, 'false')).toHaveLength(FIRST + 1)
    expect(await onlyProblem(world)).toMatchObject({ id: problem.id, decision: 'withhold', people: WAITING })

    expect((await world.api('POST', '/v1/replays', { all: true })).status).toBe(202)
    await world.app.replays.idle()
    await world.settles()
    expect(saying(world, 'false')).toHaveLength(FIRST + 1)

    const later = '2026-11-25T08:30:00.000Z'
    await world.receives(
      event({ who: refuses, at: later, purposes: { newsletter: false } }),
      event({ who: again, at: later, purposes: { newsletter: true } }),
    )
    await world.settles()
    expect([valueOf(world, refuses), valueOf(world, again)]).toEqual(['false', 'true'])
    expect(await onlyProblem(world)).toMatchObject({ people: WAITING - 2 })

    await answer(world, problem, 'release')
    await sweeps(world)
    expect(saying(world, 'false')).toEqual(LOSING.filter(who => who !== again))
    expect((await answer(world, problem, 'withhold')).status).toBe(409)
  })

  test('a problem that is not there, and an answer that is none, are refused', async () => {
    await using world = await startWorld()
    expect((await world.api('POST', '/v1/retractions/brk_none', { decision: 'release' })).status).toBe(404)
    expect((await world.api('POST', '/v1/retractions/brk_none', { decision: 'maybe' })).status).toBe(422)
  })
})
