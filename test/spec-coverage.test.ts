import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { markdownFiles } from './markdown-files.ts'
import { isTest, ROOT, sourceFiles, type SourceFile } from './source-files.ts'
import { testNamesIn } from './test-names.ts'

/** The parts of docs/design.md, by the number in their heading. */
function sectionsOf(design: string): ReadonlyMap<string, string> {
  const parts = design.split(/^#{2,3} /m).flatMap(part => {
    const number = /^([RI][1-9][0-9]?) /.exec(part)?.[1]
    return number === undefined ? [] : [[number, part] as const]
  })
  return new Map(parts)
}

/** Every number that may be cited: a rule or an invariant, and each lettered part of a rule. */
const citable = (sections: ReadonlyMap<string, string>): ReadonlySet<string> =>
  new Set(
    [...sections].flatMap(([number, part]) => [
      number,
      ...[...part.matchAll(/^([a-f])\. /gm)].map(([, letter]) => `${number}${letter}`),
    ]),
  )

/** A rule without anything to prove yet. */
const isUnbuilt = (part: string): boolean =>
  /^_Not built yet:_ (?:all of it|it waits for|one instance works)/m.test(part)
const DESIGN = readFileSync(join(ROOT, 'docs/design.md'), 'utf8')
const SECTIONS = sectionsOf(DESIGN)

/** The rules and invariants that a test must prove, and name. */
const SPECIFIED = [...SECTIONS].flatMap(([number, part]) => (isUnbuilt(part) ? [] : [number]))

/** Code, tests and pages may all cite a number. */
const CITATION = /(?<![\w-])[RI][1-9][0-9]?[a-f]?(?!\w)/g

const numbersIn = (text: string): string[] => text.match(CITATION) ?? []

/** What cites a part of a rule cites the rule. */
const withoutLetter = (number: string): string => number.replace(/[a-f]$/, '')

const citedIn = (files: readonly SourceFile[]): Set<string> =>
  new Set(files.flatMap(testNamesIn).flatMap(numbersIn).map(withoutLetter))

const sources = sourceFiles('src', 'simulator', 'console', 'test', 'scripts', 'bench')
const tests = sources.filter(isTest)

/** Citations of a number that the design does not have, each with its file. */
const strangersIn = (files: readonly SourceFile[], known = citable(SECTIONS)): string[] =>
  files.flatMap(({ path, text }) =>
    numbersIn(text).flatMap(number => (known.has(number) ? [] : [`${path}: ${number}`])),
  )

describe('the specification', () => {
  test('has a test for every rule and every invariant', () => {
    const cited = citedIn(tests)
    expect(SPECIFIED.filter(number => !cited.has(number))).toEqual([])
  })

  test('is cited by its own numbers only, everywhere', () => {
    expect(strangersIn([...sources, ...markdownFiles()])).toEqual([])
  })

  test('has every rule and every invariant once, in order', () => {
    const numbers = (letter: string, last: number) => Array.from({ length: last }, (_, n) => `${letter}${n + 1}`)
    expect(DESIGN.match(/(?<=^### )[RI]\d+/gm)).toEqual([...numbers('R', 34), ...numbers('I', 22)])
  })
})

describe('a number that the design does not have', () => {
  const known = citable(sectionsOf('## Rules\n\n### R6 Ground\n\na. One.\n\nb. Two.\n\n### I5 Five\n'))
  const strangers = (text: string) => strangersIn([{ path: 'a', text }], known)

  // Put together here, so that this file cites none of them itself.
  test.each([`R${35}`, `(I${23})`, `R${6}c`, `I${5}a, R${6}`])('is found in "%s"', text => {
    expect(strangers(text)).toHaveLength(1)
  })

  test.each(['R6, R6a and R6b', 'I5', 'R100 R0 XR1 R1x2 id-R7'])('is none in "%s"', text => {
    expect(strangers(text)).toEqual([])
  })
})

describe('a citation', () => {
  const cited = (text: string) => [...citedIn([{ path: 'a.test.ts', text }])]

  test.each([
    [`test('R1: a', () => {})`, ['R1']],
    [`it("I12 R7, R26", () => {})`, ['I12', 'R7', 'R26']],
    [`describe.each(databases)('R3 on $name', () => {})`, ['R3']],
    ['test.each<Row>([[1]])(`R4 %i`, () => {})', ['R4']],
    ['test.each`a`("R5", () => {})', ['R5']],
    ['test(`I5 ${one} R6`, () => {})', ['I5', 'R6']],
    [`describe('a', () => { test('R9', () => {}) })`, ['R9']],
    [`test('R16e: a', () => {})`, ['R16']],
  ])('is found in %s', (text, numbers) => {
    expect(cited(text)).toEqual(numbers)
  })

  test.each([
    `// R1\ntest('a', () => {})`,
    `test('a', () => { expect('R1').toBe('R1') })`,
    `test.each([['R1']])('%s', () => {})`,
    `test.skip('R1', () => {})`,
    `test.todo('R1')`,
    `describe.skip('R1', () => {})`,
    `expect(x, 'R1')`,
    `test('XR1 R1x R100 R0', () => {})`,
  ])('is none in %s', text => {
    expect(cited(text)).toEqual([])
  })
})
