import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { answer, anIntegration, clientSaying, conclusionOf, outcomes } from '../../../test/attempt-builders.ts'
import { aHold, minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  addIntegration,
  aStore,
  CREDENTIAL,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
} from '../../../test/store-builders.ts'
import { type Hold } from '../../domain/hold.ts'
import { MINUTE, SECOND } from '../../domain/instant.ts'
import { type Outcome } from '../../domain/outcome.ts'
import { createTelemetry, type Telemetry } from '../../telemetry.ts'
import { type Reply } from '../../mailchimp/client.ts'
import { type Database } from '../../store/engine/database.ts'
import { findCredential, findIntegration, listIntegrations, setHold } from '../../store/settings/integrations.ts'
import { NOTHING_TAKEN } from '../delivery/take.ts'
import { createAudiences, type Audiences } from './audiences.ts'
import { Keeper, type LaneConfig } from './keeper.ts'

const OTHER = 'int_b'
const AUDIENCE = anIntegration().settings.audienceId
const FIELDS = `/lists/${AUDIENCE}/merge-fields`

const fields = (...tags: readonly string[]): Reply =>
  answer(200, { merge_fields: tags.map(tag => ({ tag, name: tag, type: 'text' })), total_items: tags.length })

const problem = (status: number, title: string, detail: string): Reply => answer(status, { title, status, detail })
const REFUSED = problem(401, 'API Key Invalid', 'Your API key may be invalid')
const MISSING = problem(404, 'Resource Not Found', 'There is no such audience')
const FAILING = problem(500, 'Internal Server Error', 'An error has occurred')

describe.each(databases)('the keeper of a credential on $name', ({ open }) => {
  let db: Database
  let now: number
  let said: Readonly<Record<string, Reply>>
  let asked: string[]
  let told: string[]
  let audiences: Audiences
  let confirmed: Map<string, number>
  let keeper: Keeper
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    now = MORNING
    said = {
      [FIELDS]: fields('NEWSLETTER'),
      '/': answer(200, { account_id: 'a1', login_id: '7' }),
      '/ping': answer(200, {}),
    }
    asked = []
    told = []
    confirmed = new Map()
    const client = clientSaying(place => said[place] ?? MISSING, asked)
    audiences = createAudiences(client)
    const reload = () => Promise.resolve()
    const identify = () => Promise.resolve({ kind: 'read', value: undefined } as const)
    keeper = new Keeper({
      db,
      clock: () => now,
      telemetry: listening(),
      reload,
      onToOwe: () => undefined,
      client,
      audiences,
      confirmed,
      identify,
    })
  })
  afterAll(() => db.close())

  const listening = (): Telemetry => ({
    ...createTelemetry(pino({ level: 'silent' })),
    held: ({ table, cause }) => told.push(`${table} held for ${cause}`),
    released: ({ table }) => told.push(`${table} released`),
  })

  async function config(): Promise<LaneConfig> {
    const credential = await findCredential(db, CREDENTIAL)
    if (!credential) throw new Error('there is no credential')
    return { credential, integrations: (await listIntegrations(db)).toReversed() }
  }
  const prepare = async () =>
    (await keeper.prepare((await config()).integrations)).map(({ integration }) => integration.id)
  const probe = async () => keeper.probe(await config())
  const follow = async (...answered: readonly Outcome[]) =>
    keeper.follow(
      await config(),
      answered.map(outcome => conclusionOf(outcome)),
      NOTHING_TAKEN,
    )
  const holdOf = async (id = INTEGRATION) => (await findIntegration(db, id))?.hold
  const keyHold = async () => (await findCredential(db, CREDENTIAL))?.hold
  const holdKey = (hold: Hold) => setHold(db, { table: 'credential', id: CREDENTIAL }, hold)
  const holdIntegration = (hold: Hold, id = INTEGRATION) => setHold(db, { table: 'integration', id }, hold)

  describe('R14: before something is delivered', () => {
    test('reads the merge fields of an audience once, for all its integrations', async () => {
      await addIntegration(db, { id: OTHER })
      expect(await prepare()).toEqual([INTEGRATION, OTHER])
      now += 10 * MINUTE - 1
      await prepare()
      expect(asked).toEqual([FIELDS])
    })

    test('reads them again after ten minutes', async () => {
      await prepare()
      now += 10 * MINUTE
      await prepare()
      expect(asked).toEqual([FIELDS, FIELDS])
    })

    test('R25: holds the integration of a missing audience, which may not deliver', async () => {
      said = { [FIELDS]: MISSING }
      expect(await prepare()).toEqual([])
      expect(await holdOf()).toMatchObject({ cause: 'audience_missing', probeAt: MORNING + 5 * SECOND })
      expect(told).toEqual(['integration held for audience_missing'])
    })

    test('R25: makes contacts due again that were taken for absent since the audience was last seen', async () => {
      await oweOne(db)
      await putDebt(db, 'skipped', { reason: 'no_such_contact' })
      confirmed.set(AUDIENCE, MORNING)
      said = { [FIELDS]: MISSING }
      await prepare()
      expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: MORNING })
    })

    test('R13: holds an integration with a missing merge tag, which goes on delivering its other fields', async () => {
      said = { [FIELDS]: fields('OTHER') }
      expect(await prepare()).toEqual([INTEGRATION])
      expect(await holdOf()).toMatchObject({ cause: 'merge_tag_missing' })
    })

    test('R13: ends that hold once the merge tag is there, and what was held is due', async () => {
      await oweOne(db)
      await putDebt(db, 'held', { reason: 'merge_tag_missing' })
      await holdIntegration(aHold('merge_tag_missing'))
      now = minute(1)
      await prepare()
      expect(await holdOf()).toBeUndefined()
      expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(1) })
    })

    test('R27: an audience that cannot be read yet holds its integration, and is asked again ever more slowly', async () => {
      said = { [FIELDS]: FAILING }
      expect(await prepare(), 'nothing is known of it').toEqual([])
      now += 5 * SECOND - 1
      await prepare()
      expect(asked, 'too early').toHaveLength(1)
      now += 1
      await prepare()
      expect(asked, 'after five seconds').toHaveLength(2)
      now += 10 * SECOND - 1
      await prepare()
      expect(asked, 'before ten more').toHaveLength(2)
      expect(keeper.nextProbeAt(await config())).toBe(now + 1)
      expect(await holdOf()).toMatchObject({ cause: 'audience_unread', since: MORNING })
    })

    test('an audience that was seen before goes on by what was seen, while it fails', async () => {
      await prepare()
      said = { [FIELDS]: FAILING }
      now += 10 * MINUTE
      expect(await prepare()).toEqual([INTEGRATION])
    })
  })

  describe('after answers', () => {
    test('R25: a bad key holds the credential, told once for all answers', async () => {
      await follow(outcomes.badKey, outcomes.delivered(), outcomes.badKey)
      expect(await keyHold()).toMatchObject({ cause: 'key_invalid', probeAt: MORNING + 5 * SECOND })
      expect(await holdOf(), 'its integration has no hold of its own').toBeUndefined()
      expect(told).toEqual(['credential held for key_invalid'])
    })

    test('R25: a missing audience holds every integration that writes to it, and no other', async () => {
      await addIntegration(db, { id: OTHER })
      await addIntegration(db, { id: 'int_c', settings: { audienceId: 'another' } })
      await follow(outcomes.noAudience)
      expect(await holdOf()).toMatchObject({ cause: 'audience_missing' })
      expect(await holdOf(OTHER)).toMatchObject({ cause: 'audience_missing' })
      expect(await holdOf('int_c')).toBeUndefined()
      expect(await keyHold()).toBeUndefined()
    })

    test('R25: what is held for it already is not held anew', async () => {
      await holdIntegration(aHold('audience_missing', { probeAt: minute(9), probes: 4 }))
      await follow(outcomes.noAudience)
      expect(await holdOf()).toMatchObject({ probeAt: minute(9), probes: 4 })
    })

    test('R14: a field that Mailchimp dropped has the audience read again after five seconds', async () => {
      await prepare()
      await follow(outcomes.delivered({}, ['NEWSLETTER']))
      expect(keeper.nextProbeAt(await config())).toBe(MORNING + 5 * SECOND)
      now += 5 * SECOND
      await probe()
      expect(asked).toEqual([FIELDS, FIELDS])
    })

    test('R14: a field that could not be filled has the audience read again, but not a value that was refused', async () => {
      await prepare()
      const setAside = (code: 'merge_tag_missing' | 'value_refused') => [{ audienceId: AUDIENCE, code }]
      await keeper.follow(await config(), [], { ...NOTHING_TAKEN, setAside: setAside('value_refused') })
      expect(audiences.isDoubted(AUDIENCE), 'a refused value').toBe(false)
      await keeper.follow(await config(), [], { ...NOTHING_TAKEN, setAside: setAside('merge_tag_missing') })
      expect(audiences.isDoubted(AUDIENCE), 'a missing tag').toBe(true)
    })

    test('R26: Mailchimp is away: holds the credential, for longer if it was away a moment ago', async () => {
      const { credential } = await config()
      await keeper.trip(credential, 'HTTP 500', undefined)
      expect(await keyHold()).toMatchObject({ cause: 'mailchimp_unavailable', probeAt: MORNING + 30 * SECOND })
      now = minute(2)
      await keeper.trip(credential, 'HTTP 500', aHold('mailchimp_unavailable'))
      expect(await keyHold()).toMatchObject({ since: minute(2), probeAt: minute(3) })
    })

    test('R25: a call for no contact that was blocked holds the same', async () => {
      await keeper.blocked(await config(), { blocked: outcomes.noAudience, audienceId: AUDIENCE })
      expect(await holdOf()).toMatchObject({ cause: 'audience_missing' })
      await keeper.blocked(await config(), { blocked: outcomes.badKey, audienceId: undefined })
      expect(await keyHold()).toMatchObject({ cause: 'key_invalid' })
    })
  })

  describe('R25: a held credential', () => {
    test('is not asked about before its probe is due, nor are its audiences', async () => {
      await prepare()
      await holdKey(aHold('key_invalid', { probeAt: minute(20) }))
      now = minute(20) - 1
      await probe()
      expect(asked).toEqual([FIELDS])
      expect(keeper.nextProbeAt(await config())).toBe(minute(20))
      expect(keeper.hasStale(await config()), 'old merge fields can wait').toBe(false)
    })

    test('is held for longer while Mailchimp refuses the key, since when it was held', async () => {
      await holdKey(aHold('key_invalid', { probes: 1 }))
      said = { '/': REFUSED }
      now = minute(1)
      await probe()
      expect(asked).toEqual(['/'])
      const longer = { cause: 'key_invalid', since: MORNING, probes: 2, probeAt: minute(1) + 20 * SECOND }
      expect(await keyHold()).toMatchObject(longer)
      expect(told, 'it is nothing new').toEqual([])
    })

    test('says what is wrong with it now', async () => {
      await holdKey(aHold('account_disabled'))
      said = { '/': REFUSED }
      await probe()
      expect(await keyHold()).toMatchObject({ cause: 'key_invalid', since: now })
      expect(told).toEqual(['credential held for key_invalid'])
    })

    test('is released when Mailchimp takes the key again', async () => {
      await holdKey(aHold('key_invalid'))
      await probe()
      expect(await keyHold()).toBeUndefined()
      expect(told).toEqual(['credential released'])
    })

    test('R26: is only pinged while Mailchimp is away, and what failed for its sake is due when it is back', async () => {
      await oweOne(db, { at: minute(60) })
      await putDebt(db, 'waiting', { reason: 'server_error' })
      await holdKey(aHold('mailchimp_unavailable'))
      now = minute(5)
      await probe()
      expect(asked).toEqual(['/ping'])
      expect(await keyHold()).toBeUndefined()
      expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(5) })
    })
  })

  describe('R25: a held integration', () => {
    test('is looked at when its probe is due, and released when it is mended', async () => {
      await holdIntegration(aHold('audience_missing', { probeAt: minute(1) }))
      expect(keeper.nextProbeAt(await config())).toBe(minute(1))
      await probe()
      expect(asked, 'too early').toEqual([])
      now = minute(1)
      await probe()
      expect(await holdOf()).toBeUndefined()
      expect(told).toEqual(['integration released'])
    })

    test('is not looked at while it is disabled', async () => {
      await addIntegration(db, { id: OTHER, settings: { enabled: false } })
      await holdIntegration(aHold('audience_missing'), OTHER)
      await probe()
      expect(asked).toEqual([])
      expect(keeper.nextProbeAt(await config())).toBeUndefined()
    })
  })

  test('what was seen once can be decided on, however old or doubtful it is', async () => {
    const { integrations } = await config()
    expect(keeper.known(integrations), 'nothing was seen').toEqual([])
    await prepare()
    now += 60 * MINUTE
    audiences.doubt(AUDIENCE)
    expect(keeper.known(integrations).map(({ integration }) => integration.id)).toEqual([INTEGRATION])
    expect(asked).toEqual([FIELDS])
  })
})
