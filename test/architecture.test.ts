import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { importsOf, isTest, nodesIn, parse, sourceFiles, type SourceFile } from './source-files.ts'

const PACKAGES = 'packages'

/**
 * DESIGN section 6: what a folder, or a file that has a rule of its own, may import beside itself. `packages` are
 * npm's and Node's. An arrow that is not here is forbidden, "just a type" included.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/domain': [],
  'src/didomi': ['src/domain', PACKAGES],
  'src/mailchimp': ['src/domain', PACKAGES],
  'src/store': ['src/domain', PACKAGES],
  'src/pipeline': ['src/domain', 'src/didomi', 'src/mailchimp', 'src/store', 'src/events.ts', PACKAGES],
  'src/contract': ['src/domain', 'zod'],
  'src/http': ['src/pipeline', 'src/store', 'src/contract', 'src/domain', 'src/events.ts', PACKAGES],
  'src/cli': ['src/app.ts', 'src/config.ts', 'src/version.ts', PACKAGES],
  'src/cli/demo.ts': [PACKAGES],
  'src/cli/simulator.ts': [PACKAGES],
  'src/app.ts': ['src', PACKAGES],
  'src/config.ts': ['src/domain', PACKAGES],
  'src/events.ts': [PACKAGES],
  'src/log.ts': [PACKAGES],
  'src/metrics': ['src/domain', 'src/events.ts', PACKAGES],
  'src/version.ts': [PACKAGES],
  console: ['src/contract', 'src/domain', PACKAGES],
  simulator: [PACKAGES],
}

const isIn = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`)

/** The rule for a file: the longest place that it is in. */
const placeOf = (path: string): string | undefined =>
  Object.keys(MAY_IMPORT)
    .filter(place => isIn(path, place))
    .sort((a, b) => b.length - a.length)[0]

function forbiddenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(file => {
    const place = placeOf(file.path)
    if (place === undefined) return [`${file.path} has no rule in DESIGN section 6`]
    const allowed = MAY_IMPORT[place] ?? []
    const fits = (target: string, own: boolean) =>
      own
        ? isIn(target, place) || allowed.some(other => isIn(target, other))
        : allowed.includes(PACKAGES) || allowed.includes(target)
    return importsOf(file)
      .filter(({ target, own }) => !fits(target, own))
      .map(({ target }) => `${file.path} imports ${target}`)
  })
}

const IMPURE = ['process', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'performance']
const MORE_IMPURE = ['crypto', 'console', 'globalThis', 'Promise', 'require']

/** No clock, no dice, no I/O: a pure function is told the time. */
function impurities(files: readonly SourceFile[]): string[] {
  return files.flatMap(file =>
    nodesIn(parse(file)).flatMap(node => {
      const what = impurityOf(node)
      return what === undefined ? [] : [`${file.path} uses ${what}`]
    }),
  )
}

function impurityOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const name = node.getText()
    return ['Date.now', 'Math.random'].includes(name) ? name : undefined
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()'
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()'
  if (node.kind === ts.SyntaxKind.AwaitExpression || node.kind === ts.SyntaxKind.AsyncKeyword) return node.getText()
  if (!ts.isIdentifier(node) || ![...IMPURE, ...MORE_IMPURE].includes(node.text)) return undefined
  const { parent } = node
  const isOwnName = ts.isPropertyAccessExpression(parent) && parent.name === node
  return isOwnName || ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) ? undefined : node.text
}

const WRITES = /^\s*(insert|update|delete|create|alter|drop|truncate|with\b[\s\S]*\b(insert|update|delete))\b/i

const literalsIn = (node: ts.Node): string[] =>
  nodesIn(node).flatMap(each => {
    if (ts.isStringLiteralLike(each)) return [each.text]
    return ts.isTemplateExpression(each) ? [each.head.text] : []
  })

/** The exported functions whose SQL writes, by name. */
function writersIn(files: readonly SourceFile[]): Set<string> {
  const declarations = files.flatMap(file => parse(file).statements.flatMap(declared))
  return new Set(
    declarations.filter(({ body }) => literalsIn(body).some(sql => WRITES.test(sql))).map(each => each.name),
  )
}

function declared(statement: ts.Statement): { name: string; body: ts.Node }[] {
  if (ts.isFunctionDeclaration(statement) && statement.name) return [{ name: statement.name.text, body: statement }]
  if (!ts.isVariableStatement(statement)) return []
  return statement.declarationList.declarations.map(each => ({ name: each.name.getText(), body: each }))
}

/** Every write goes through `pipeline`: `http` neither calls a function of the store that writes, nor writes itself. */
function writesOf(files: readonly SourceFile[], writers: ReadonlySet<string>): string[] {
  return files.flatMap(file => {
    const used = importsOf(file)
      .filter(({ target }) => isIn(target, 'src/store'))
      .flatMap(({ values }) => values.filter(name => name === '*' || writers.has(name)))
    const own = literalsIn(parse(file)).filter(text => /^\s*(insert into|update \w+ set|delete from)\b/i.test(text))
    return [...used, ...own].map(what => `${file.path} writes by ${what}`)
  })
}

const isBarrel = (file: SourceFile): boolean => {
  const { statements } = parse(file)
  const passesOn = (each: ts.Statement) => ts.isImportDeclaration(each) || ts.isExportDeclaration(each)
  return statements.length > 0 && statements.every(passesOn) && statements.some(ts.isExportDeclaration)
}

const hasAny = (file: SourceFile): boolean => nodesIn(parse(file)).some(({ kind }) => kind === ts.SyntaxKind.AnyKeyword)

const hasReminder = ({ text }: SourceFile): boolean => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)

const MOST_LINES = 300
const isTooLong = ({ text }: SourceFile): boolean => text.trimEnd().split('\n').length > MOST_LINES

const SLEEP = /^(setTimeout|setInterval|sleep|delay|scheduler\.wait)$/

/** A test that waits for a time to pass is slow and sometimes wrong; the clock is an argument. */
const sleeps = (file: SourceFile): boolean =>
  importsOf(file).some(({ target }) => target === 'node:timers/promises') ||
  nodesIn(parse(file)).some(node => ts.isAwaitExpression(node) && nodesIn(node.expression).some(each => isSleep(each)))

const isSleep = (node: ts.Node): boolean => ts.isCallExpression(node) && SLEEP.test(node.expression.getText())

const pathsOf = (files: readonly SourceFile[]): string[] => files.map(({ path }) => path)

const all = sourceFiles('src', 'simulator', 'console', 'test')
const tests = all.filter(isTest)
const ours = all.filter(file => !isTest(file) && !isIn(file.path, 'test'))
const inFolder = (folder: string) => ours.filter(({ path }) => isIn(path, folder))
const writers = writersIn(inFolder('src/store'))

describe('the folders', () => {
  test('import along the arrows of DESIGN section 6 and no others', () => {
    expect(ours.length).toBeGreaterThan(100)
    expect(forbiddenImports(ours)).toEqual([])
  })

  test('of the pure rules know no clock, no dice and no I/O', () => {
    expect(impurities(inFolder('src/domain'))).toEqual([])
  })

  test('of the HTTP side read from the store, and write through the pipeline only', () => {
    expect([...writers]).toEqual(
      expect.arrayContaining(['owe', 'settle', 'insertSource', 'setHold', 'deleteIntegration', 'appendFacts']),
    )
    expect([...writers]).not.toContain('listDeliveries')
    expect(writesOf(inFolder('src/http'), writers)).toEqual([])
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
    ['src/domain/a.ts', `import { x } from '../store/facts.ts'`, 'src/store/facts.ts'],
    ['src/domain/a.ts', `import type { Z } from 'zod'`, 'zod'],
    ['src/domain/a.ts', `import { createHash } from 'node:crypto'`, 'node:crypto'],
    ['src/domain/a.ts', `type Db = import('../store/database.ts').Database`, 'src/store/database.ts'],
    ['src/domain/a.ts', `export { x } from '../didomi/webhook.ts'`, 'src/didomi/webhook.ts'],
    ['src/didomi/a.ts', `import { send } from '../mailchimp/client.ts'`, 'src/mailchimp/client.ts'],
    ['src/store/a.ts', `import { log } from '../log.ts'`, 'src/log.ts'],
    ['src/store/migrations/a.ts', `import { x } from '../../pipeline/take.ts'`, 'src/pipeline/take.ts'],
    ['src/pipeline/a.ts', `import { source } from '../contract/api.ts'`, 'src/contract/api.ts'],
    ['src/contract/a.ts', `import pg from 'pg'`, 'pg'],
    ['src/contract/a.ts', `import { join } from 'node:path'`, 'node:path'],
    ['src/http/api/a.ts', `const load = () => import('../../didomi/webhook.ts')`, 'src/didomi/webhook.ts'],
    ['src/http/a.ts', `import { startApp } from '../app.ts'`, 'src/app.ts'],
    ['src/cli/a.ts', `import { openDatabase } from '../store/open.ts'`, 'src/store/open.ts'],
    ['src/cli/simulator.ts', `import { readConfig } from '../config.ts'`, 'src/config.ts'],
    ['src/app.ts', `import { runSimulator } from '../simulator/main.ts'`, 'simulator/main.ts'],
    ['src/app.ts', `import { startWorld } from '../test/world.ts'`, 'test/world.ts'],
    ['simulator/a.ts', `import { lowerAscii } from '../src/domain/person.ts'`, 'src/domain/person.ts'],
    ['console/pages/a.tsx', `import { owe } from '../../src/store/deliveries.ts'`, 'src/store/deliveries.ts'],
  ])('%s: %s', (path, text, target) => {
    expect(forbiddenImports([planted(path, text)])).toEqual([`${path} imports ${target}`])
  })

  test('a file in a folder without a rule', () => {
    expect(forbiddenImports([planted('src/helpers/a.ts', '')])).toHaveLength(1)
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
    [`import { owe } from '../store/deliveries.ts'`, 'owe'],
    [`import { settle as finish } from '../../store/deliveries.ts'`, 'settle'],
    [`import * as sources from '../store/sources.ts'`, '*'],
    ['db.query(`delete from token where id = $1`)', 'delete from token where id = $1'],
  ])('a write of the HTTP side: %s', (text, what) => {
    const path = text.includes('../../') ? 'src/http/api/a.ts' : 'src/http/a.ts'
    expect(writesOf([planted(path, text)], writers)).toEqual([`${path} writes by ${what}`])
  })

  test('a read, or the type of a writer, is no write', () => {
    const text = `import { listDeliveries, type Owed } from '../store/deliveries.ts'`
    expect(writesOf([planted('src/http/a.ts', text)], writers)).toEqual([])
  })

  test.each([
    ['a barrel', isBarrel, `export * from './b.ts'`],
    ['a barrel of imports', isBarrel, `import { b } from './b.ts'\nexport { b }`],
    ['any', hasAny, 'const x = [] as any[]'],
    ['a reminder', hasReminder, '// TODO later'],
    ['a long file', isTooLong, '1\n'.repeat(301)],
    ['a sleep', sleeps, 'test("x", async () => { await new Promise(done => setTimeout(done, 5)) })'],
    ['another sleep', sleeps, `import { setTimeout as rest } from 'node:timers/promises'`],
  ])('%s', (_, finds, text) => {
    expect(finds(planted('src/domain/a.ts', text))).toBe(true)
    expect(finds(planted('src/domain/a.ts', `export const many = 'any' // ${'x'.repeat(400)}`))).toBe(false)
  })
})
