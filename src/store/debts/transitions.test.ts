import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { debtStatements } from '../../../test/debt-statements.ts'
import { isTest, sourceFiles } from '../../../test/source-files.ts'
import {
  addIntegration,
  addPeople,
  aStore,
  CREDENTIAL,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  putDebt,
  SOURCE,
} from '../../../test/store-builders.ts'
import { afterAttempt, settled, TRANSITIONS, type Happening, type Next, type Status } from '../../domain/delivery.ts'
import { DAY } from '../../domain/instant.ts'
import { type Outcome } from '../../domain/outcome.ts'
import { underWindow } from '../../domain/window.ts'
import { type Database, type Sql } from '../engine/database.ts'
import { keepBraked, oweReleased } from '../contacts/braked-targets.ts'
import { answerBrake, openBrake } from '../contacts/brakes.ts'
import { keepWindowsOpen } from '../settings/clock-steps.ts'
import { closeWindows, handOver, preferWithdrawals } from './batch-debts.ts'
import {
  markSending,
  owe,
  oweThese,
  PRIORITY,
  postpone,
  releaseHeld,
  reopenAbsent,
  settle,
  takeBackSending,
} from './deliveries.ts'
import { findMatching, replayDebts, resyncPeople } from './replay-debts.ts'
import { assertFor } from './assertions.ts'
import { endWindowsOf, insertLeavingDebts, keepOpenDebts } from './leaving-debts.ts'
import { renameInDebts } from './renaming.ts'
import { acceptUpgraded, oweUpgraded } from './upgraded.ts'
import { endWindows, keepWindows, pullForward, pullOwnForward } from './windows.ts'

const STATUSES = Object.keys(TRANSITIONS) as Status[]

/** Every person here is named like the status of their debt. */
const PEOPLE: readonly string[] = STATUSES
const NOW = minute(9)
const WINDOW = { until: minute(11), sent: { 'merge:NEWSLETTER': ['true'] } }

const keys = PEOPLE.map(person => ({ integrationId: INTEGRATION, person }))
const windows = keys.map(key => ({ ...key, window: WINDOW }))
const everybody = { integrationId: INTEGRATION, now: NOW }

type Move = { readonly statement: string; readonly happening: Happening; readonly move: (db: Sql) => Promise<unknown> }

const settling = (happening: Happening, next: Next, revision = 1): Move => ({
  statement: 'settle',
  happening,
  move: db =>
    settle(
      db,
      keys.map(key => ({ ...key, revision, next, at: NOW })),
    ),
})

const after = (outcome: Outcome, firstFailedAt?: number): Next =>
  afterAttempt({ failed: 0, firstFailedAt, carriesWithdrawal: false }, outcome, [], { now: NOW, dice: 0.5 })

const RETRY = { ambiguous: false, throttled: false, waitMs: undefined, detail: 'HTTP 500' } as const
const failed = { ...RETRY, kind: 'retry', cause: 'server_error' } as const
const refused = { kind: 'rejected', cause: 'forgotten', detail: 'forgotten', fields: [] } as const
const blocked = { kind: 'blocked', cause: 'key_invalid', detail: 'no such key' } as const
const unsettled = underWindow(settled('delivered', undefined), WINDOW, {
  contact: undefined,
  confirmed: undefined,
  sentAt: NOW,
  now: NOW,
})

const replayAll = async (db: Sql): Promise<void> => {
  const deliveryIds = (await db.query<{ id: string }>('select id from delivery')).map(({ id }) => id)
  const ids = await findMatching(db, { deliveryIds }, { after: '', through: '~', limit: 9 })
  await replayDebts(db, { deliveryIds }, { ids, replayId: undefined, at: NOW })
}

const MOVES: readonly Move[] = [
  {
    statement: 'owe',
    happening: 'owed',
    move: db =>
      owe(
        db,
        PEOPLE.map(person => debt({ person, at: NOW })),
      ),
  },
  {
    statement: 'oweThese',
    happening: 'owed',
    move: db =>
      oweThese(
        db,
        PEOPLE.map(person => ({ integrationId: INTEGRATION, person })),
        { at: NOW, priority: PRIORITY.live },
      ),
  },
  {
    statement: 'markSending',
    happening: 'taken',
    move: db =>
      markSending(
        db,
        keys.map(key => ({ ...key, contact: 'c0ffee', carriesWithdrawal: true })),
      ),
  },
  settling('delivered', after({ kind: 'delivered', accepted: {}, dropped: [] })),
  settling('partly_delivered', after({ kind: 'delivered', accepted: {}, dropped: ['NEWSLETTER'] })),
  settling('skipped', after({ kind: 'skipped', because: 'no_such_contact' })),
  settling('retry', after(failed)),
  settling('expired', after(failed, NOW - 7 * DAY)),
  settling('rejected', after(refused)),
  settling('blocked', after(blocked)),
  settling('unsettled', unsettled.next),
  { statement: 'takeBackSending', happening: 'interrupted', move: db => takeBackSending(db, { now: NOW, dueAt: NOW }) },
  { statement: 'releaseHeld', happening: 'released', move: db => releaseHeld(db, everybody) },
  {
    statement: 'oweUpgraded',
    happening: 'owed',
    move: db =>
      oweUpgraded(db, { integrationId: INTEGRATION, people: PEOPLE, at: NOW, unaccepted: 'fct', absentToo: true }),
  },
  {
    statement: 'acceptUpgraded',
    happening: 'released',
    move: async db => {
      await db.query(`update delivery set unaccepted = 'fct', reason = 'upgrade_unaccepted' where status = 'held'`)
      await acceptUpgraded(db, { at: NOW, limit: 9 })
    },
  },
  {
    statement: 'oweReleased',
    happening: 'released',
    move: async db => {
      const brakeId = await openBrake(db, { sourceId: SOURCE, now: NOW })
      await keepBraked(
        db,
        keys.map(key => ({ ...key, targets: [{ target: 'merge:NEWS', brakeId, waits: true }] })),
      )
      await answerBrake(db, { id: brakeId, decision: 'release', at: NOW, by: 'ops' })
      await oweReleased(db, { at: NOW, limit: 9 })
    },
  },
  { statement: 'reopenAbsent', happening: 'reopened', move: db => reopenAbsent(db, { ...everybody, since: MORNING }) },
  { statement: 'replayDebts', happening: 'replayed', move: replayAll },
  {
    statement: 'resyncPeople',
    happening: 'replayed',
    move: db => resyncPeople(db, { people: PEOPLE, integrationId: INTEGRATION, replayId: undefined, at: NOW }),
  },
  { statement: 'assertFor', happening: 'replayed', move: db => assertFor(db, windows, NOW) },
  { statement: 'keepOpenDebts', happening: 'replayed', move: db => keepOpenDebts(db, everybody) },
]

type Touch = Omit<Move, 'happening'>

/** What is written of a debt without moving it. */
const TOUCHES: readonly Touch[] = [
  {
    statement: 'handOver',
    move: db =>
      handOver(
        db,
        keys.map(key => ({ ...key, contact: 'c0ffee', revision: 1, window: WINDOW })),
        NOW,
      ),
  },
  {
    statement: 'keepWindowsOpen',
    move: db => keepWindowsOpen(db, { from: NOW, to: NOW + DAY, windowMs: 1 }),
  },
  {
    statement: 'postpone',
    move: db =>
      postpone(
        db,
        keys.map(key => ({ ...key, dueAt: minute(10) })),
      ),
  },
  {
    statement: 'keepBraked',
    move: db =>
      keepBraked(
        db,
        keys.map(key => ({ ...key, targets: [{ target: 'merge:NEWS', brakeId: 'brk', waits: true }] })),
      ),
  },
  { statement: 'preferWithdrawals', move: db => preferWithdrawals(db, keys) },
  { statement: 'keepWindows', move: db => keepWindows(db, windows) },
  { statement: 'closeWindows', move: db => closeWindows(db, { debts: keys, now: NOW, until: NOW, windowMs: 1 }) },
  { statement: 'endWindows', move: db => endWindows(db, keys) },
  { statement: 'endWindowsOf', move: db => endWindowsOf(db, INTEGRATION) },
  {
    statement: 'insertLeavingDebts',
    async move(db) {
      await addIntegration(db, { id: 'int_leaving' })
      await insertLeavingDebts(db, { to: 'int_leaving', windows, at: NOW })
    },
  },
  {
    statement: 'renameInDebts',
    move: async db => {
      await renameInDebts(db, { sourceId: SOURCE, person: 'held', to: 'another' })
      await renameInDebts(db, { sourceId: SOURCE, person: 'another', to: 'held' })
    },
  },
  { statement: 'pullForward', move: db => pullForward(db, { credentialId: CREDENTIAL, now: NOW, paused: 1 }) },
  { statement: 'pullOwnForward', move: db => pullOwnForward(db, { integrationId: INTEGRATION, now: NOW }) },
]

describe.each(databases)('I7: what the statements make of a debt of each status on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await addPeople(db, PEOPLE)
    await owe(
      db,
      PEOPLE.map(person => debt({ person })),
    )
    for (const person of PEOPLE) await putDebt(db, person, { person, reason: 'no_such_contact' })
    // Not due yet, and with a window, so that each statement below has something to do.
    await db.query(`update delivery set due_at = $1, window_until = $1, window_sent = '{}'`, [minute(10)])
  })
  afterAll(() => db.close())

  const rows = async () =>
    Object.fromEntries(await Promise.all(PEOPLE.map(async person => [person, await debtOf(db, person)] as const)))
  const statuses = async () => Object.entries(await rows()).map(([was, row]) => `${was} → ${row?.status ?? 'nothing'}`)

  async function expectTable({ happening, move }: Move): Promise<void> {
    const before = await rows()
    await db.transaction(move)
    expect(await statuses()).toEqual(STATUSES.map(was => `${was} → ${TRANSITIONS[was][happening] ?? was}`))
    const untouched = STATUSES.filter(was => TRANSITIONS[was][happening] === undefined)
    const now = await rows()
    for (const was of untouched) expect(now[was], `${happening} cannot happen to what is ${was}`).toEqual(before[was])
  }

  test.each(MOVES)('$statement does what the table says of $happening', expectTable)

  test('I12: settle makes a debt that a newer fact came about wait again, unless it has ended', async () => {
    const older = 0
    await expectTable(settling('unsettled', settled('delivered', undefined), older))
  })

  test.each(TOUCHES)('$statement moves no debt', async ({ move }) => {
    await db.transaction(move)
    expect(await statuses()).toEqual(STATUSES.map(was => `${was} → ${was}`))
  })
})

describe('I7: the statements that write debts', () => {
  const compared = new Set([...MOVES, ...TOUCHES].map(({ statement }) => statement))
  const uncompared = (...files: Parameters<typeof debtStatements>[0]) =>
    debtStatements(files).filter(name => !compared.has(name))

  test('are all compared with the table', () => {
    // A migration is tried on a store of the version before it.
    const files = sourceFiles('src').filter(file => !isTest(file) && !file.path.includes('/migrations/'))
    expect(uncompared(...files)).toEqual([])
    expect([...compared].filter(name => !debtStatements(files).includes(name))).toEqual([])
  })

  test('bring about everything that can happen to a debt', () => {
    const brought = new Set(MOVES.map(({ happening }) => happening))
    expect(Object.keys(TRANSITIONS.sending).filter(happening => !brought.has(happening as Happening))).toEqual([])
  })

  test('are found wherever they are', () => {
    const planted = [
      { path: 'src/store/debts/a.ts', text: 'export const bury = (tx) => tx.query(`update delivery set ${dead}`)' },
      {
        path: 'src/store/debts/b.ts',
        text: "function revive(tx) { return tx.query('insert into delivery select 1') }",
      },
      {
        path: 'src/pipeline/c.ts',
        text: "export class Undertaker { bury() { sql('update\\n  delivery set a = 1') } }",
      },
      { path: 'src/store/debts/d.ts', text: "const other = sql('update delivered set certain = 0')" },
    ]
    expect(uncompared(...planted)).toEqual(['bury', 'revive', 'Undertaker'])
  })
})
