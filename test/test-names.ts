import ts from 'typescript'
import { nodesIn, parse, type SourceFile } from './source-files.ts'

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

/** The names of the tests in a file, with `…` for what is filled in. What is never run, or expected to fail, proves nothing. */
export const testNamesIn = (file: SourceFile): string[] =>
  nodesIn(parse(file)).flatMap(node => {
    if (!ts.isCallExpression(node) || !NAMING.has(rootOf(node.expression)) || isSkipped(node.expression)) return []
    const name = nameOf(node.arguments[0])
    return name === undefined ? [] : [name]
  })
