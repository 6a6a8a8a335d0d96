import ts from 'typescript'
import { isIn } from './boundaries.ts'
import { nodesIn, parse, type SourceFile } from './source-files.ts'

/** Where untyped data enters, and a cast says what it is: rows of the database, JSON from outside, arguments. */
export const ENTRANCES = [
  'src/store/engine',
  'src/didomi',
  'src/mailchimp',
  'src/contract',
  'src/cli/api.ts',
  'src/cli/flags.ts',
]

/** Casts elsewhere: there a better type, or a guard, says the same and is checked. */
export const casts = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => !ENTRANCES.some(place => isIn(path, place)))
    .flatMap(file =>
      nodesIn(parse(file))
        .filter(isCast)
        .map(node => `${file.path} casts ${node.getText()}`),
    )

const isCast = (node: ts.Node): boolean =>
  ts.isTypeAssertionExpression(node) ||
  ts.isNonNullExpression(node) ||
  (ts.isAsExpression(node) && node.type.getText() !== 'const')

const SNAKE = /^[a-z]\w*_\w+$/

/** What the fields of rows are called, as the types of the store say. */
export const rowNamesIn = (store: readonly SourceFile[]): ReadonlySet<string> =>
  new Set(store.flatMap(file => nodesIn(parse(file)).flatMap(fieldOf)))

const fieldOf = (node: ts.Node): string[] =>
  ts.isPropertySignature(node) && SNAKE.test(node.name.getText()) ? [node.name.getText()] : []

/** Types of rows are for the store: one that others may see has other names. */
export const shownRows = (store: readonly SourceFile[]): string[] =>
  store.flatMap(file =>
    parse(file)
      .statements.filter(ts.isTypeAliasDeclaration)
      .filter(type => isExported(type) && !isRowName(type.name.text) && nodesIn(type).flatMap(fieldOf).length > 0)
      .map(type => `${file.path} shows ${type.name.text}`),
  )

const isExported = ({ modifiers }: ts.TypeAliasDeclaration): boolean =>
  modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false

const isRowName = (name: string): boolean => name.endsWith('Row')

/** Files above the store that know a row, or a field of one. */
export const knownRows = (files: readonly SourceFile[], names: ReadonlySet<string>): string[] =>
  files.flatMap(file =>
    nodesIn(parse(file))
      .flatMap(node => [...importedRow(node), ...propertiesIn(node).filter(name => names.has(name))])
      .map(name => `${file.path} knows ${name}`),
  )

/**
 * The same of the HTTP side, whose public API has such names: it may write them, and read them of a request. What is
 * read by brackets has no type, so it is no row.
 */
export const readRows = (files: readonly SourceFile[], names: ReadonlySet<string>): string[] =>
  files.flatMap(file =>
    nodesIn(parse(file))
      .flatMap(node => [...importedRow(node), ...readIn(node).filter(name => names.has(name))])
      .map(name => `${file.path} reads ${name}`),
  )

function importedRow(node: ts.Node): string[] {
  if (!ts.isImportSpecifier(node)) return []
  const name = (node.propertyName ?? node.name).text
  const from = node.parent.parent.parent.moduleSpecifier.getText()
  return isRowName(name) && from.includes('/store/') ? [name] : []
}

function propertiesIn(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node)) return [node.name.text]
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
    return [node.argumentExpression.text]
  if (ts.isBindingElement(node)) return [(node.propertyName ?? node.name).getText()]
  const isNamed =
    ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node) || ts.isPropertySignature(node)
  return isNamed ? [node.name.getText()] : []
}

const OF_REQUEST = /\b(query|body|params)\b/

function readIn(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node)) return OF_REQUEST.test(node.expression.getText()) ? [] : propertiesIn(node)
  return ts.isBindingElement(node) && !isOfRequest(node) ? propertiesIn(node) : []
}

/** `{ source_id } = request.body`, or `({ body: { source_id } }) => …`. */
function isOfRequest({ parent: { parent } }: ts.BindingElement): boolean {
  if (ts.isVariableDeclaration(parent)) return OF_REQUEST.test(parent.initializer?.getText() ?? '')
  return ts.isBindingElement(parent) && OF_REQUEST.test(parent.propertyName?.getText() ?? '')
}
