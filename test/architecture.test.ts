import { describe, expect, test } from 'vitest'
import {
  crowded,
  forbiddenImports,
  hasAny,
  hasReminder,
  hasVagueWord,
  impurities,
  isBarrel,
  isIn,
  isTooLong,
  loadedTooEarly,
  MOST_FILES,
  MOST_LINES,
  pathsOf,
  rings,
  sleeps,
  tangles,
  writersIn,
  writesOf,
} from './boundaries.ts'
import { casts, ENTRANCES, knownRows, readRows, rowNamesIn, shownRows } from './row-names.ts'
import { isTest, sourceFiles, type SourceFile } from './source-files.ts'

const all = sourceFiles('src', 'simulator', 'console', 'test')
const tests = all.filter(isTest)
const ours = all.filter(file => !isTest(file) && !isIn(file.path, 'test'))
const inFolder = (folder: string) => ours.filter(({ path }) => isIn(path, folder))
const writers = writersIn(inFolder('src/store'))
const rowNames = rowNamesIn(inFolder('src/store'))

describe('the folders', () => {
  test('import along the arrows of ARCHITECTURE.md and no others', () => {
    expect(ours.length).toBeGreaterThan(100)
    expect(forbiddenImports(ours)).toEqual([])
  })

  test('never import each other', () => {
    expect(tangles(inFolder('src'))).toEqual([])
  })

  test('hold no files that import each other in a ring', () => {
    expect(rings(ours)).toEqual([])
  })

  test(`hold at most ${MOST_FILES} files, but where one file for each rule, resource or migration is the order`, () => {
    expect(crowded(inFolder('src'))).toEqual([])
  })

  test('of the pure rules know no clock, no dice and no I/O', () => {
    expect(impurities(inFolder('src/domain'))).toEqual([])
  })

  test('of the command line load a command when it is called, and what it runs when it runs', () => {
    expect(inFolder('src/cli').length).toBeGreaterThan(10)
    expect(loadedTooEarly(inFolder('src/cli'))).toEqual([])
  })

  test('of the HTTP side read from the store, and write through the pipeline only', () => {
    expect([...writers]).toEqual(
      expect.arrayContaining(['owe', 'settle', 'insertSource', 'setHold', 'deleteIntegration', 'appendFacts']),
    )
    expect([...writers]).not.toContain('listDeliveries')
    expect(writesOf(inFolder('src/http'), writers)).toEqual([])
  })

  test('above the store know no row, and no name of a column', () => {
    expect([...rowNames]).toEqual(expect.arrayContaining(['integration_id', 'first_failed_at', 'held_by']))
    expect(shownRows(inFolder('src/store'))).toEqual([])
    // The command line is not among them: it reads what the API shows, and may not import the store.
    const above = ['pipeline', 'domain', 'metrics', 'app.ts', 'config.ts', 'telemetry.ts', 'log.ts', 'version.ts']
    expect(
      knownRows(
        above.flatMap(place => inFolder(`src/${place}`)),
        rowNames,
      ),
    ).toEqual([])
    expect(readRows(inFolder('src/http'), rowNames)).toEqual([])
  })

  test(`cast nothing, but where rows, JSON and arguments enter: ${ENTRANCES.join(', ')}`, () => {
    expect(casts(inFolder('src'))).toEqual([])
  })
})

describe('the files', () => {
  test('pass nothing on under another path: no barrels', () => {
    expect(pathsOf(ours.filter(isBarrel))).toEqual([])
  })

  test('have no any', () => {
    expect(pathsOf(all.filter(hasAny))).toEqual([])
  })

  test('leave no reminders behind', () => {
    expect(pathsOf(ours.filter(hasReminder))).toEqual([])
  })

  test('of the service say who does what, in plain words', () => {
    expect(pathsOf(inFolder('src').filter(hasVagueWord))).toEqual([])
  })

  test(`have at most ${MOST_LINES} lines`, () => {
    expect(pathsOf(ours.filter(isTooLong))).toEqual([])
  })

  test('with tests never sleep', () => {
    expect(pathsOf(tests.filter(sleeps))).toEqual([])
  })
})

describe('these checks find what they look for', () => {
  const planted = (path: string, text: string): SourceFile => ({ path, text })

  test.each([
    ['src/domain/a.ts', `import { x } from '../store/ledger/facts.ts'`, 'src/store/ledger/facts.ts'],
    ['src/domain/a.ts', `import type { Z } from 'zod'`, 'zod'],
    ['src/domain/a.ts', `import { createHash } from 'node:crypto'`, 'node:crypto'],
    ['src/domain/a.ts', `type Db = import('../store/engine/database.ts').Database`, 'src/store/engine/database.ts'],
    ['src/domain/a.ts', `export { x } from '../didomi/webhook.ts'`, 'src/didomi/webhook.ts'],
    ['src/didomi/a.ts', `import { send } from '../mailchimp/client.ts'`, 'src/mailchimp/client.ts'],
    ['src/store/engine/a.ts', `import { log } from '../../log.ts'`, 'src/log.ts'],
    ['src/store/engine/a.ts', `import { x } from '../ledger/facts.ts'`, 'src/store/ledger/facts.ts'],
    ['src/store/migrations/a.ts', `import { x } from '../../pipeline/loop.ts'`, 'src/pipeline/loop.ts'],
    ['src/store/settings/a.ts', `import { x } from '../debts/windows.ts'`, 'src/store/debts/windows.ts'],
    ['src/store/access/a.ts', `import { x } from '../settings/sources.ts'`, 'src/store/settings/sources.ts'],
    ['src/store/ledger/a.ts', `import { x } from '../debts/deliveries.ts'`, 'src/store/debts/deliveries.ts'],
    ['src/store/debts/a.ts', `import { x } from '../access/audit.ts'`, 'src/store/access/audit.ts'],
    ['src/pipeline/existing.ts', `import { x } from './watch/backlog.ts'`, 'src/pipeline/watch/backlog.ts'],
    ['src/pipeline/intake/a.ts', `import { source } from '../../contract/sources.ts'`, 'src/contract/sources.ts'],
    ['src/pipeline/intake/a.ts', `import { x } from '../delivery/take.ts'`, 'src/pipeline/delivery/take.ts'],
    ['src/pipeline/access/a.ts', `import { x } from '../intake/gate.ts'`, 'src/pipeline/intake/gate.ts'],
    ['src/pipeline/watch/a.ts', `import { x } from '../lanes/lane.ts'`, 'src/pipeline/lanes/lane.ts'],
    ['src/pipeline/delivery/a.ts', `import { x } from '../batches/gather.ts'`, 'src/pipeline/batches/gather.ts'],
    ['src/pipeline/batches/a.ts', `import { x } from '../lanes/lane.ts'`, 'src/pipeline/lanes/lane.ts'],
    ['src/pipeline/lanes/a.ts', `import { x } from '../settings/sources.ts'`, 'src/pipeline/settings/sources.ts'],
    ['src/pipeline/live/a.ts', `import { x } from '../settings/sources.ts'`, 'src/pipeline/settings/sources.ts'],
    ['src/pipeline/settings/a.ts', `import { x } from '../batches/gather.ts'`, 'src/pipeline/batches/gather.ts'],
    ['src/pipeline/upkeep/a.ts', `import { x } from '../lanes/lane.ts'`, 'src/pipeline/lanes/lane.ts'],
    ['src/contract/a.ts', `import pg from 'pg'`, 'pg'],
    ['src/contract/a.ts', `import { join } from 'node:path'`, 'node:path'],
    ['src/http/api/a.ts', `const load = () => import('../../didomi/webhook.ts')`, 'src/didomi/webhook.ts'],
    ['src/http/a.ts', `import { startApp } from '../app.ts'`, 'src/app.ts'],
    ['src/cli/a.ts', `import { openDatabase } from '../store/engine/open.ts'`, 'src/store/engine/open.ts'],
    ['src/cli/a.ts', `import { startApp } from '../app.ts'`, 'src/app.ts'],
    ['src/cli/a.ts', `import { Command } from 'commander'`, 'commander'],
    ['src/cli/commands/a.ts', `import { readConfig } from '../../config.ts'`, 'src/config.ts'],
    ['src/cli/commands/a.ts', `import { stats } from '../../contract/stats.ts'`, 'src/contract/stats.ts'],
    ['src/cli/commands/a.ts', `import { type Stats } from '../../contract/stats.ts'`, 'src/contract/stats.ts'],
    ['src/cli/commands/a.ts', `import type { Role } from '../../domain/role.ts'`, 'src/domain/role.ts'],
    [
      'src/cli/commands/serve.ts',
      `import { openDatabase } from '../../store/engine/open.ts'`,
      'src/store/engine/open.ts',
    ],
    ['src/app.ts', `import { runSimulator } from '../simulator/main.ts'`, 'simulator/main.ts'],
    ['src/app.ts', `import { startWorld } from '../test/world.ts'`, 'test/world.ts'],
    ['simulator/a.ts', `import { lowerAscii } from '../src/domain/person.ts'`, 'src/domain/person.ts'],
    [
      'console/pages/a.tsx',
      `import { owe } from '../../src/store/debts/deliveries.ts'`,
      'src/store/debts/deliveries.ts',
    ],
  ])('%s: %s', (path, text, target) => {
    expect(forbiddenImports([planted(path, text)])).toEqual([`${path} imports ${target}`])
  })

  test.each([
    ['src/cli/commands/a.ts', `import type { Stats } from '../../contract/stats.ts'`],
    ['src/cli/commands/a.ts', `type Stats = import('../../contract/stats.ts').Stats`],
    ['src/cli/a.ts', `import { parseArgs } from 'node:util'`],
    ['src/cli/commands/serve.ts', `const load = () => import('../../app.ts')`],
  ])('and leave alone what is allowed in %s: %s', (path, text) => {
    expect(forbiddenImports([planted(path, text)])).toEqual([])
  })

  test.each([
    ['src/cli/a.ts', `import { command } from './commands/b.ts'`, ['src/cli/commands/b.ts']],
    ['src/cli/a.ts', `import { version } from '../version.ts'`, ['src/version.ts']],
    ['src/cli/a.ts', `const load = () => import('./commands/b.ts')`, []],
    ['src/cli/commands/serve.ts', `import { startApp } from '../../app.ts'`, ['src/app.ts']],
    ['src/cli/commands/serve.ts', `import { type Config } from '../../config.ts'`, ['src/config.ts']],
    ['src/cli/commands/serve.ts', `import type { Config } from '../../config.ts'`, []],
    ['src/cli/commands/a.ts', `import { leaf } from '../command.ts'\nimport { list } from './b.ts'`, []],
  ])('what the command line loads too early: %s: %s', (path, text, targets) => {
    expect(loadedTooEarly([planted(path, text)])).toEqual(targets.map(target => `${path} loads ${target}`))
  })

  test.each(['src/helpers/a.ts', 'src/pipeline/a.ts', 'src/store/a.ts'])(
    'a file in a folder without a rule: %s',
    path => {
      expect(forbiddenImports([planted(path, '')])).toHaveLength(1)
    },
  )

  test('two rooms that import each other', () => {
    const there = planted('src/a/1.ts', `import { x } from '../b/2.ts'`)
    expect(tangles([there, planted('src/b/3.ts', `import { y } from '../a/4.ts'`)])).toEqual(['src/a src/b'])
    expect(tangles([there, planted('src/b/3.ts', `import { y } from '../c/4.ts'`)])).toEqual([])
  })

  test('files that import each other in a ring', () => {
    const ring = [
      planted('src/a/1.ts', `import { x } from './2.ts'`),
      planted('src/a/2.ts', `import type { Y } from '../b/3.ts'`),
      planted('src/b/3.ts', `export { z } from '../a/1.ts'`),
    ]
    expect(rings(ring)).toEqual(['src/a/1.ts', 'src/a/2.ts', 'src/b/3.ts'])
    expect(rings(ring.slice(1))).toEqual([])
  })

  test('a crowded room', () => {
    const files = (folder: string) => Array.from({ length: MOST_FILES + 1 }, (_, n) => planted(`${folder}/${n}.ts`, ''))
    expect(crowded(files('src/a'))).toEqual(['src/a'])
    expect(crowded([...files('src/a').slice(1), ...files('src/domain')])).toEqual([])
  })

  test.each([
    ['const now = Date.now()', 'Date.now'],
    ['const now = new Date()', 'new Date()'],
    ['const now = new Date', 'new Date()'],
    ['const now = Date()', 'Date()'],
    ['const dice = Math.random()', 'Math.random'],
    ['const clock = Date.now', 'Date.now'],
    ['const home = process.env.HOME', 'process'],
    ['setTimeout(() => 1, 2)', 'setTimeout'],
    ['const id = crypto.randomUUID()', 'crypto'],
    ['async () => 1', 'async'],
  ])('an impure rule: %s', (text, what) => {
    expect(impurities([planted('src/domain/a.ts', text)])).toEqual([`src/domain/a.ts uses ${what}`])
  })

  test('what is given a time is pure', () => {
    expect(impurities([planted('src/domain/a.ts', 'const day = new Date(0).getUTCDate(); a.process(b)')])).toEqual([])
  })

  test.each([
    [`import { owe } from '../store/debts/deliveries.ts'`, 'owe'],
    [`import { settle as finish } from '../../store/debts/deliveries.ts'`, 'settle'],
    [`import * as sources from '../store/settings/sources.ts'`, '*'],
    ['db.query(`delete from token where id = $1`)', 'delete from token where id = $1'],
  ])('a write of the HTTP side: %s', (text, what) => {
    const path = text.includes('../../') ? 'src/http/api/a.ts' : 'src/http/a.ts'
    expect(writesOf([planted(path, text)], writers)).toEqual([`${path} writes by ${what}`])
  })

  test('a read, or the type of a writer, is no write', () => {
    const text = `import { listDeliveries, type Owed } from '../store/debts/deliveries.ts'`
    expect(writesOf([planted('src/http/a.ts', text)], writers)).toEqual([])
  })

  test.each([
    ['const at = debt.owed_at', 'owed_at'],
    ['const { owed_at: at } = debt', 'owed_at'],
    ['const old = debts.filter(({ owed_at }) => owed_at < 1)', 'owed_at'],
    [`import { type DueRow } from '../../store/debts/due-debts.ts'`, 'DueRow'],
  ])('a row above the store: %s', (text, what) => {
    expect(knownRows([planted('src/pipeline/live/a.ts', text)], rowNames)).toContain(
      `src/pipeline/live/a.ts knows ${what}`,
    )
    expect(readRows([planted('src/http/api/a.ts', text)], rowNames)).toEqual([`src/http/api/a.ts reads ${what}`])
  })

  test.each([
    'const row = { owed_at: 1 }',
    'type Kept = { owed_at: number }',
    'const kept = { owed_at }',
    `const at = debt['owed_at']`,
  ])('a name of a column above the store: %s', text => {
    expect(knownRows([planted('src/domain/a.ts', text)], rowNames)).toEqual(['src/domain/a.ts knows owed_at'])
  })

  test('the public API, and our own codes, are no rows', () => {
    const api = `const { source_id: sourceId } = request.body
      api.get(({ query: { integration_id: id } }) => ({ integration_id: id, source_id: request.query.source_id }))`
    expect(readRows([planted('src/http/api/a.ts', api)], rowNames)).toEqual([])
    const codes = 'const SCOPE = { key_invalid: 1 }; use(SCOPE.key_invalid)'
    expect(knownRows([planted('src/domain/a.ts', codes)], rowNames)).toEqual([])
  })

  test('a type of a row that others see', () => {
    const [row, debt] = ['type DebtRow = { owed_at: number }', 'type Debt = { readonly owed_at: number }']
    expect(shownRows([planted('src/store/debts/a.ts', `export ${debt}`)])).toEqual(['src/store/debts/a.ts shows Debt'])
    expect(shownRows([planted('src/store/debts/a.ts', `export ${row}; ${debt}`)])).toEqual([])
  })

  test.each(['const n = x as number', 'const n = <number>x', 'const n = x!', 'const n = x as unknown as number'])(
    'a cast: %s',
    text => {
      expect(casts([planted('src/http/api/a.ts', text)])[0]).toMatch(/^src\/http\/api\/a\.ts casts /)
      expect(casts([planted('src/store/debts/a.ts', text)])).not.toEqual([])
      expect(casts([planted('src/store/engine/a.ts', text)])).toEqual([])
    },
  )

  test('a constant, a check and another name are no casts', () => {
    const text = `import { a as b } from './b.ts'; const c = [1] as const satisfies readonly number[]`
    expect(casts([planted('src/domain/a.ts', text)])).toEqual([])
  })

  test.each([
    ['a barrel', isBarrel, `export * from './b.ts'`],
    ['a barrel of imports', isBarrel, `import { b } from './b.ts'\nexport { b }`],
    ['any', hasAny, 'const x = [] as any[]'],
    ['a reminder', hasReminder, '// TODO later'],
    ['a vague word', hasVagueWord, '// Whoever asks waits.'],
    ['vague words', hasVagueWord, '/** At most so many are read. */'],
    ['a long file', isTooLong, '1\n'.repeat(301)],
    ['a sleep', sleeps, 'test("x", async () => { await new Promise(done => setTimeout(done, 5)) })'],
    ['another sleep', sleeps, `import { setTimeout as rest } from 'node:timers/promises'`],
  ])('%s', (_, finds, text) => {
    expect(finds(planted('src/domain/a.ts', text))).toBe(true)
    expect(finds(planted('src/domain/a.ts', `export const many = 'any' // ${'x'.repeat(400)}`))).toBe(false)
  })
})
