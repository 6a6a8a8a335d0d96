import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { isTest, nodesIn, parse, sourceFiles, type SourceFile } from './source-files.ts'

const LAST_RULE = 27
const LAST_INVARIANT = 13

const numbered = (letter: string, last: number): string[] =>
  Array.from({ length: last }, (_, index) => `${letter}${index + 1}`)

/** The rules and invariants of DESIGN sections 5 and 9 that a test must prove, and name. */
const SPECIFIED = [...numbered('R', LAST_RULE), ...numbered('I', LAST_INVARIANT)]

const NAMING = new Set(['test', 'it', 'describe'])

/** `test`, also when it is written `test.each(table)`, `test.each<Row>([…])` or `describe.skipIf(…).each(…)`. */
function rootOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return rootOf(node.expression)
  if (ts.isTaggedTemplateExpression(node)) return rootOf(node.tag)
  return ''
}

/** The fixed parts of a test's name. */
function nameOf(node: ts.Node | undefined): string | undefined {
  if (!node) return undefined
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
}

const isSkipped = (node: ts.Expression): boolean => /\.(skip|todo|fails)\b/.test(node.getText())

/** What is never run, or expected to fail, proves nothing. */
const namesIn = (file: SourceFile): string[] =>
  nodesIn(parse(file)).flatMap(node => {
    if (!ts.isCallExpression(node) || !NAMING.has(rootOf(node.expression)) || isSkipped(node.expression)) return []
    const name = nameOf(node.arguments[0])
    return name === undefined ? [] : [name]
  })

const citedIn = (files: readonly SourceFile[]): Set<string> =>
  new Set(files.flatMap(namesIn).flatMap(name => name.match(/\b[RI][1-9][0-9]?\b/g) ?? []))

const tests = sourceFiles('src', 'simulator', 'console', 'test').filter(isTest)

describe('the specification', () => {
  test('has a test for every rule and every invariant', () => {
    const cited = citedIn(tests)
    expect(SPECIFIED.filter(number => !cited.has(number))).toEqual([])
  })

  test('is cited by its own numbers only', () => {
    const known = new Set([...SPECIFIED, ...numbered('R', 29), ...numbered('I', 17)])
    expect([...citedIn(tests)].filter(number => !known.has(number))).toEqual([])
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
