import { describe, expect, test } from 'vitest'
import { unusedExports } from './exports.ts'
import { sourceFiles } from './source-files.ts'

/** Started or read by something that names them as text. */
const ENTRANCES: readonly string[] = [
  // The command line loads what was built, by its path.
  'simulator/main.ts runSimulator',
  'simulator/demo/main.ts runDemo',
  // The simulator's README offers it to every test of a client of Mailchimp.
  'simulator/clock.ts manualClock',
  // It plays the Didomi that sends events to a service under test.
  'simulator/didomi.ts createDidomi',
  // `globalSetup` of vitest.config.ts.
  'test/chromium.ts default',
  'test/shared-postgres.ts default',
  // A hook of Node's module loader.
  'scripts/typescript-loader.mjs load',
]

/** Rules inside a file that are tested by themselves, as no test of what uses them could say so much. */
const TESTED_BY_THEMSELVES: readonly string[] = [
  'src/contract/field-problems.ts pathOf',
  'src/domain/delivery.ts TRANSITIONS',
  'src/domain/fold-user.ts inSequence',
  'simulator/demo/service.ts withoutSettings',
  'simulator/main.ts readOptions',
  'console/parts/draft/stored-draft.ts draftText',
  'console/parts/draft/stored-draft.ts draftFrom',
  'scripts/installed.mjs differences',
]

const allowed = [...ENTRANCES, ...TESTED_BY_THEMSELVES]
const found = unusedExports(sourceFiles('src', 'simulator', 'console', 'bench', 'scripts', 'test'))

describe('an export', () => {
  test('is imported by another file, and a value of the product by one of the product', () => {
    expect(found.filter(name => !allowed.includes(name))).toEqual([])
  })

  test('that may be without an import is still there, and still without one', () => {
    expect(allowed.filter(name => !found.includes(name))).toEqual([])
  })

  const user = { path: 'src/b.ts', text: `import { used, type Used } from './a.ts'` }

  test.each([
    ['a constant', 'export const used = 1, unused = 2'],
    ['a function', 'export async function unused() {}'],
    ['a class', 'export class unused {}'],
    ['a type', 'export type unused = 1'],
    ['parts of a value', 'export const { a: unused, used } = both'],
    ['a list of names', 'const unused = 1; export { unused }'],
    ['another name', 'const used = 1; export { used as unused }'],
  ])('without an import is found: %s', (_, text) => {
    expect(unusedExports([{ path: 'src/a.ts', text }, user])).toEqual(['src/a.ts unused'])
  })

  test('that is passed on under its name is found where nobody takes it', () => {
    const passing = { path: 'src/c.ts', text: `export { used } from './a.ts'` }
    expect(unusedExports([{ path: 'src/a.ts', text: 'export const used = 1' }, passing])).toEqual(['src/c.ts used'])
  })

  test('of everything is found, since nobody can say who takes it', () => {
    expect(unusedExports([{ path: 'src/a.ts', text: `export * from './b.ts'` }])).toEqual(['src/a.ts *'])
  })

  test.each([
    ['a test', 'src/a.test.ts', './a.ts'],
    ['a helper of the tests', 'test/helper.ts', '../src/a.ts'],
  ])('of a value that only %s imports is found', (_, path, target) => {
    const files = (what: string, text: string) => [
      { path: 'src/a.ts', text },
      { path, text: `import { ${what} } from '${target}'` },
    ]
    expect(unusedExports(files('it', 'export const it = 1'))).toEqual(['src/a.ts it'])
    expect(unusedExports(files('type It', 'export type It = 1')), 'a type').toEqual([])
  })

  test('of the tests is for the tests', () => {
    const helper = { path: 'test/helper.ts', text: 'export const it = 1' }
    expect(unusedExports([helper])).toEqual(['test/helper.ts it'])
    expect(unusedExports([helper, { path: 'test/a.test.ts', text: `import { it } from './helper.ts'` }])).toEqual([])
  })

  test.each([
    `const page = async () => (await import('./a.ts')).it`,
    `const { it: other } = await import('./a.ts')`,
    `const page = lazyRouteComponent(() => import('./a.ts'), 'it')`,
    `import { it as other } from './a.ts'`,
    `const command = { load: () => import('./a.ts') }`,
  ])('may be imported as in %j', text => {
    const files = [
      { path: 'src/a.ts', text: 'export const it = 1' },
      { path: 'src/b.ts', text },
    ]
    expect(unusedExports(files)).toEqual([])
  })

  test('is not imported by a mere loading of its file', () => {
    const files = [
      { path: 'src/a.ts', text: 'export const it = 1' },
      { path: 'src/b.ts', text: `import './a.ts'; void import('./a.ts')` },
    ]
    expect(unusedExports(files)).toEqual(['src/a.ts it'])
  })
})
