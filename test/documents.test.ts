import { existsSync, readFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { documentOf, parseDocument } from '../src/contract/parse-document.ts'
import { anchorsOf, blocksOf, linksIn } from './markdown.ts'
import { markdownFiles } from './markdown-files.ts'
import { isTest, ROOT, sourceFiles, type SourceFile } from './source-files.ts'
import { testNamesIn } from './test-names.ts'

const PAGES = markdownFiles()

const isElsewhere = (target: string): boolean => /^[a-z]+:/.test(target)

/** The links of a page that lead to no file of the repository, or to no heading of the page they name. */
function brokenLinksIn(page: SourceFile, pages: readonly SourceFile[] = PAGES): string[] {
  const broken = (target: string): boolean => {
    if (isElsewhere(target)) return false
    const [file = '', anchor] = target.split('#')
    const path = file === '' ? page.path : posix.join(posix.dirname(page.path), file)
    const known = pages.find(each => each.path === path)
    if (!known && !existsSync(join(ROOT, path))) return true
    return anchor !== undefined && !(known && anchorsOf(known).has(anchor))
  }
  return linksIn(page.text).filter(broken)
}

describe('a link', () => {
  test.each(PAGES.map(page => [page.path, page] as const))('leads somewhere on %s', (_, page) => {
    expect(brokenLinksIn(page)).toEqual([])
  })

  test.each([
    '[a](docs/nowhere.md)',
    '[a](#nowhere)',
    '[a](b.md#nowhere)',
    '![a](nowhere.png)',
    '[a](LICENSE#nowhere)',
    '# A\n\n```\n# Nowhere\n```\n\n[a](#nowhere)',
  ])('that leads nowhere is found in %j', text => {
    const page = { path: 'a.md', text }
    expect(brokenLinksIn(page, [page, { path: 'b.md', text: '## Somewhere' }])).toHaveLength(1)
  })

  test.each([
    '[a](LICENSE)',
    '[a](https://example.org/nowhere#b)',
    '[a](b.md#r7-whose-fold-it-is-is-it)',
    '`[a](nowhere.md)`',
    '## One, and `two`: (three)\n\n[a](#one-and-two-three)',
  ])('that leads somewhere is none in %j', text => {
    const page = { path: 'a.md', text }
    expect(brokenLinksIn(page, [page, { path: 'b.md', text: '### R7 Whose fold it is; is it?' }])).toEqual([])
  })
})

const SPEC = readFileSync(join(ROOT, 'docs/delivery-spec.md'), 'utf8').split('## Invariants')[1] ?? ''

type Quote = { readonly file: string; readonly name: string }

/** The tests that a page quotes, as ``- `a.test.ts`: "one"; "two"`` or ``"one", "two" (`a.test.ts`)``. */
const quotesIn = (page: string): Quote[] =>
  page.split(/\n|(?<=`\));|\|/).flatMap(part => {
    const file = /`([\w./-]+\.test\.ts)`/.exec(part)?.[1]
    const names = part.slice(part.indexOf('"') + 1, part.lastIndexOf('"'))
    if (file === undefined || names === '') return []
    return names.split(/"[;,] "/).map(name => ({ file, name: name.replaceAll('\\', '') }))
  })

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Matches a test's name as it is written or as it is shown. */
const shownAs = (name: string): RegExp =>
  new RegExp(
    `^${name
      .split(/…|%[sijd]|\$\w+/)
      .map(escaped)
      .join('.+')}$`,
    'u',
  )

/** The quotes that no test file bears out. */
const inventedIn = (page: string, tests: readonly SourceFile[]): Quote[] =>
  quotesIn(page).filter(
    ({ file, name }) =>
      !tests
        .filter(({ path }) => `/${path}`.endsWith(`/${file}`))
        .flatMap(testNamesIn)
        .some(each => each === name || shownAs(each).test(name)),
  )

describe('the page of what proves the rules', () => {
  const tests = sourceFiles('src', 'simulator', 'console', 'test').filter(isTest)

  test('quotes tests that exist', () => {
    expect(quotesIn(SPEC).length).toBeGreaterThan(120)
    expect(inventedIn(SPEC, tests)).toEqual([])
  })

  test('quotes all that it names', () => {
    const named = new Set([...SPEC.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file]) => file))
    const quoted = new Set(quotesIn(SPEC).map(({ file }) => file))
    expect([...named].filter(file => !quoted.has(file ?? ''))).toEqual([])
  })

  test('names functions, values and files that exist', () => {
    const kept = [...SPEC.matchAll(/Kept by ([^\n]+)|^\| \[[^|]+\|[^|]+\|([^|]+)\|/gm)].map(([all]) => all).join('\n')
    const names = [...kept.matchAll(/`(\w*[a-z][A-Z]\w*|[A-Z]\w+|\w+(?:\.\w+)*\.ts)`(?! \()/g)].flatMap(
      ([, name]) => name ?? [],
    )
    const sources = sourceFiles('src')
    const exists = (name: string): boolean =>
      sources.some(
        ({ path, text }) => basename(path) === name || new RegExp(`(?:function|const|class) ${name}\\b`).test(text),
      )
    expect(names.length).toBeGreaterThan(60)
    expect([...new Set(names)].filter(name => !name.endsWith('.test.ts') && !exists(name))).toEqual([])
  })

  test.each([
    '- `a.test.ts`: "R1: one"; "R1: two"',
    '"R1: one", "R1: two" (`a.test.ts`); 4 more',
    '- `b.test.ts`: "R1: one"',
    '- `est.ts`: "x"\n- `x/a.test.ts`: "R1: one"',
  ])('an invented test is found in %j', text => {
    const file = { path: 'test/a.test.ts', text: "test('R1: one', () => {})" }
    expect(inventedIn(text, [file])).toHaveLength(1)
  })

  test.each([
    '- `a.test.ts`: "R1: say "no" 20 × (I1)" (and so on)',
    '"R1: say "no" 5 × (I1)" (`test/a.test.ts`); 4 more',
    '- `a.test.ts`: "R1: say "no" $n × (I1)"',
  ])('a test is recognised in %j', text => {
    const file = { path: 'test/a.test.ts', text: `test.each(all)('R1: say "no" $n × (I1)', () => {})` }
    expect(inventedIn(text, [file])).toEqual([])
    expect(quotesIn(text)).toHaveLength(1)
  })
})

describe('the page of the integration document', () => {
  const page = readFileSync(join(ROOT, 'docs/document.md'), 'utf8')
  const examples = blocksOf(page).filter(({ language }) => language === 'json')

  const parse = (text: string) => {
    const { source_id: sourceId, ...document } = JSON.parse(text) as Readonly<Record<string, unknown>>
    return { sourceId, parsed: parseDocument(document) }
  }

  /** The shortest document, as it is shown again with all its defaults. */
  const complete = () => {
    const { parsed } = parse(examples[0]?.text ?? '')
    if (!parsed.ok) throw new Error('the first example is refused')
    return documentOf(parsed.settings)
  }

  /** Key and default of each row. */
  const rows = new Map(
    [...page.matchAll(/^\| `([\w.[\]]+)` +\| ([^|]+?) +\|/gm)].map(([, key = '', usual = '']) => [
      key,
      usual.replaceAll('`', ''),
    ]),
  )

  test('has examples that are taken as they stand', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3)
    for (const { text } of examples) {
      expect(parse(text).parsed).toMatchObject({ ok: true })
      expect(parse(text).sourceId).toMatch(/^src_/)
    }
  })

  test('has an example with every option', () => {
    const options = examples.map(({ text }) => Object.keys((JSON.parse(text) as { options?: object }).options ?? {}))
    expect(options).toContainEqual(Object.keys(complete().options))
  })

  test('has a row for every option, with its default', () => {
    const shown = Object.keys(complete().options).map(name => [name, rows.get(`options.${name}`)])
    const real = Object.entries(complete().options).map(([name, value]) => [name, JSON.stringify(value)])
    expect(shown).toEqual(real)
  })

  test('has a row for every other key', () => {
    const document = complete()
    const { options: _, authentication, properties, ...others } = { ...document, name: '' }
    const keys = [
      ...Object.keys(others).map(key => (key === 'mappings' ? 'mappings[]' : key)),
      ...Object.keys(authentication).map(key => `authentication.${key}`),
      ...Object.keys(properties).map(key => `properties.${key}`),
      'mappings[].id',
      'mappings[].value',
    ]
    expect(keys.filter(key => !rows.has(key))).toEqual([])
  })
})

describe('a command of npm', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>
  }
  const commandsIn = (page: string): string[] =>
    [...page.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start))\b/g)].flatMap(([, run, short]) => run ?? short ?? [])

  test.each(PAGES.map(page => [page.path, page.text] as const))('exists when it is named on %s', (_, text) => {
    expect(commandsIn(text).filter(name => !Object.hasOwn(scripts, name))).toEqual([])
  })

  test('is found on a page', () => {
    expect(commandsIn('`npm run demo -- --once`, npm test, npm start and npm install')).toEqual([
      'demo',
      'test',
      'start',
    ])
  })
})
