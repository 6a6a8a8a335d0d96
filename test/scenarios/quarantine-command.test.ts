import { hash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Database } from '../../src/store/engine/database.ts'
import { createIds, type NewId } from '../../src/store/engine/ids.ts'
import { keepArrivals } from '../../src/store/ledger/inbox.ts'
import { addTallies } from '../../src/store/ledger/tallies.ts'
import { ran, type Setting } from '../command.ts'
import { event, startWorld, type World } from '../world.ts'

const grant = (who: string) => event({ who, at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } })
const broken = { type: 'event.created', parameters: { entity: {} } }

describe('quarantine', () => {
  let world: World
  let db: Database
  let newId: NewId
  beforeEach(async () => {
    world = await startWorld({ feed: 'event', around: opened => (db = opened) })
    newId = createIds(world.now)
  })
  afterEach(() => world[Symbol.asyncDispose]())

  const environmentFor = async (role: string) => {
    const { body } = await world.api<{ token: string }>('POST', '/v1/tokens', { name: role, role })
    return { CONSENT_RELAY_URL: world.app.url, CONSENT_RELAY_TOKEN: body.token }
  }
  const quarantine = async (
    args: readonly string[],
    { role = 'operator', ...setting }: Setting & { role?: string } = {},
  ) => ran(['quarantine', ...args], { ...setting, env: await environmentFor(role) })

  /** A body whose records an older version could not read. */
  async function keptOnce(records: readonly unknown[]): Promise<string> {
    const id = newId('inb')
    const raw = Buffer.from(JSON.stringify(records))
    const sourceId = world.source.id
    const faults = records.map((_, place) => ({ path: `[${place}].new`, why: 'was too new\u001b[2J' }))
    const row = { id, sourceId, fingerprint: hash('sha256', raw), receivedAt: world.now(), raw, faults }
    await keepArrivals(db, [{ ...row, records: records.length }])
    await addTallies(db, [{ sourceId, kind: 'quarantined', family: '', n: records.length }])
    return id
  }

  test('list shows a table at a terminal, which no byte of a body can act on', async () => {
    const id = await keptOnce([grant('ada@mail.test'), grant('bob@mail.test')])
    const { code, out, err } = await quarantine(['list'], { terminal: true, role: 'viewer' })
    expect([code, err]).toEqual([0, ''])
    const row = out.split('\n')[1]
    expect(row).toContain(`${id}  ${world.source.id}  2026-11-23T`)
    expect(row).toContain('[0].new was too new\\u001b[2J (and 1 more)')
    expect(out).not.toContain('ada@')
  })

  test('list prints JSON in a pipe and CSV when asked, and says when there is more', async () => {
    const older = await keptOnce([grant('ada@mail.test')])
    const newer = await keptOnce([grant('bob@mail.test')])
    const json = await quarantine(['list'])
    expect(JSON.parse(json.out)).toMatchObject([{ id: newer, faults: [{ path: '[0].new' }] }, { id: older }])
    const csv = await quarantine(['list', '--csv', '--limit', '1'])
    expect(csv.out.split('\r\n')).toEqual(['ID,SOURCE,RECEIVED,AT FAULT', expect.stringContaining(newer), ''])
    expect(csv.err).toContain('--limit')
    const other = await quarantine(['list', '--source', 'src_other'], { terminal: true })
    expect(other).toEqual({ code: 0, out: 'Nothing is in the quarantine.\n', err: '' })
  })

  test('list goes through as many pages as it takes', async () => {
    for (let n = 0; n < 201; n++) await keptOnce([grant(`p${n}@mail.test`)])
    const { out, err } = await quarantine(['list', '--limit', '500'])
    expect([JSON.parse(out), err]).toEqual([expect.objectContaining({ length: 201 }), ''])
  })

  test.each([
    [['reread']],
    [['reread', 'inb_a', '--all']],
    [['reread', 'inb_a', '--source', 'src_a']],
    [['list', '--limit', 'all']],
    [['list', '--limit', '10001']],
    [['list', '--json', '--csv']],
  ])('%j is a usage error', async args => {
    expect(await quarantine(args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error: /) as string })
  })

  test('reread --all tells what became of each body, and exits 5 when a part stays', async () => {
    const whole = await keptOnce([grant('ada@mail.test')])
    const partly = await keptOnce([grant('bob@mail.test'), broken])
    const not = await keptOnce([broken])
    const { code, out, err } = await quarantine(['reread', '--all'], { terminal: true })
    expect([code, err]).toEqual([5, ''])
    const rows = out.split('\n').map(line => line.split(/ {2,}/))
    const result = (id: string) => rows.find(([first]) => first === id)?.slice(1, 3)
    expect(result(whole)).toEqual(['read', '1 folded'])
    expect(result(partly)).toEqual(['partly read', '1 folded'])
    expect(result(not)?.[0]).toBe('not readable')
    expect((await world.stats()).inbox).toMatchObject({ folded: 2, quarantined: 2 })

    expect((await quarantine(['reread', '--all'])).code).toBe(1)
  })

  test('reread exits 0 when everything is read, again or with nothing to read, too', async () => {
    const id = await keptOnce([grant('ada@mail.test')])
    const first = await quarantine(['reread', id, id])
    expect(first.code).toBe(0)
    expect(JSON.parse(first.out)).toMatchObject([{ id, records: { folded: 1, set_apart: 0 }, faults: [] }])
    const again = await quarantine(['reread', id], { terminal: true })
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('nothing to read')])
    const all = await quarantine(['reread', '--all'], { terminal: true })
    expect(all).toEqual({ code: 0, out: 'Nothing is in the quarantine.\n', err: '' })
  })

  test('reread of what is not there exits 4, and leaves the others when there are some', async () => {
    const none = await quarantine(['reread', 'inb_none'])
    expect([none.code, JSON.parse(none.out)]).toMatchObject([
      4,
      [{ id: 'inb_none', problem: { code: 'not_found', status: 404 } }],
    ])
    const id = await keptOnce([grant('ada@mail.test')])
    const { code, out } = await quarantine(['reread', 'inb_none', id], { terminal: true })
    expect(code).toBe(5)
    expect(out).toMatch(/inb_none.* refused .*not_found: there is no body inb_none/)
    expect((await world.stats()).inbox).toMatchObject({ folded: 1, quarantined: 0 })
  })

  test('reread by a viewer exits 3', async () => {
    const id = await keptOnce([grant('ada@mail.test')])
    const { code, out, err } = await quarantine(['reread', id], { role: 'viewer' })
    expect([code, out, err]).toEqual([
      3,
      '',
      expect.stringContaining('Refused (forbidden): this needs the role operator'),
    ])
  })

  test('reread that loses the service in between tells what was done', async () => {
    const ids = [await keptOnce([grant('ada@mail.test')]), await keptOnce([grant('bob@mail.test')])]
    const fetchFirst: Setting['fetch'] = (url, init) =>
      url.includes(ids[0] ?? '') ? fetch(url, init) : Promise.reject(new TypeError('fetch failed'))
    const { code, out, err } = await quarantine(['reread', ...ids], { fetch: fetchFirst })
    expect([code, JSON.parse(out)]).toMatchObject([5, [{ id: ids[0], records: { folded: 1 } }]])
    expect(err).toContain('cannot be reached')
  })
})
