import { MINUTE, SECOND } from '../src/domain/instant.ts'
import { type Database } from '../src/store/engine/database.ts'
import { type ContactSeed } from '../simulator/seed.ts'
import { shareOf } from './share.ts'
import { AUDIENCE, event, startWorld, type World } from './world.ts'

/** Fewer than the service's own, which takes no other code and more time. */
const BACKLOG = shareOf(350, 500)

/** More than make a backlog (R28); a third of them have withdrawn before. */
export const CROWD = Array.from({ length: shareOf(560, 800) }, (_, n) => `p${n}@mail.test`)

export const says = (who: string, newsletter: boolean, at = '2026-11-23T08:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

export const valueOf = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }).NEWS

type Operation = {
  readonly operation_id: string
  readonly method: string
  readonly path: string
  readonly body: string
}

export const batchesIn = (world: World): Operation[][] =>
  world
    .writes()
    .filter(({ method, path }) => method === 'POST' && path === '/3.0/batches')
    .map(({ body }) => (body as { operations: Operation[] }).operations)

export const inBatches = (world: World): Operation[] => batchesIn(world).flat()
export const singles = (world: World) => world.writes().filter(({ method }) => method === 'PATCH')

export const hashOf = (world: World, who: string): string =>
  (world.mailchimp.contact(AUDIENCE, who) as { id: string }).id

type Backlog = {
  readonly telling?: (who: string, n: number) => unknown
  readonly options?: object
  readonly stageMs?: number
  readonly around?: (db: Database) => Database
  /** Happens while the integration is paused. */
  readonly meanwhile?: (world: World) => void
  /** The contacts have these in turns. */
  readonly statuses?: readonly NonNullable<ContactSeed['status']>[]
}

/** A crowd whose debts fell due while the integration was paused, and are due now. */
export async function backlogOf(given: Backlog = {}) {
  const {
    telling = who => says(who, true),
    options = { bulk: 'batches' },
    stageMs = SECOND,
    statuses = ['subscribed'],
    around,
    meanwhile = () => undefined,
  } = given
  const world = await startWorld({
    batchAbove: BACKLOG,
    batchTiming: { stageMs, operationMs: 60 },
    ...(around ? { around } : {}),
  })
  for (const [n, email_address] of CROWD.entries())
    world.mailchimp.addContact(AUDIENCE, { email_address, status: statuses[n % statuses.length] ?? 'subscribed' })
  world.mailchimp.setLatency(300)
  const id = await world.integrates({ options })
  await world.api('POST', `/v1/integrations/${id}/pause`)
  for (let n = 0; n < CROWD.length; n += 500)
    await world.receives(CROWD.slice(n, n + 500).map((who, index) => telling(who, n + index)))
  await world.passes(2 * MINUTE)
  meanwhile(world)
  await world.api('POST', `/v1/integrations/${id}/resume`)
  return { world, id, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

/** The requests by themselves that are about this person. */
export const singlesOf = (world: World, who: string) =>
  singles(world).filter(({ path }) => path.includes(hashOf(world, who)))

/** The answer of the step that moves debts into a batch. */
export const isGathered = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'assignments' in result && 'isAll' in result

/** Another key of the same account. */
export const OTHER_KEY = 'fedcba9876543210fedcba9876543210-us6'

/** Whom these operations are about. */
export function peopleIn(world: World, operations: readonly Operation[]): string[] {
  const hashes = new Set(operations.map(({ path }) => /members\/(\w+)/.exec(path)?.[1]))
  return CROWD.filter(who => hashes.has(hashOf(world, who)))
}

export const deliveriesOf = async (world: World) => (await world.stats()).deliveries
