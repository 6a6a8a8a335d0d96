import { posix } from 'node:path'
import ts from 'typescript'
import { isIn } from './boundaries.ts'
import { isTest, nodesIn, parse, textOf, type SourceFile } from './source-files.ts'

/** What a file exports by this name; `default` for what has none. */
type Export = { readonly path: string; readonly name: string; readonly isType: boolean }

const exportName = ({ path, name }: Pick<Export, 'path' | 'name'>): string => `${path} ${name}`

/** Exports that no other file imports. One of a value that only tests import is no better: it is dead, or belongs to them. */
export function unusedExports(files: readonly SourceFile[]): string[] {
  const used = { byTests: usesIn(files.filter(isOfTests)), byOthers: usesIn(files.filter(file => !isOfTests(file))) }
  const isUsed = (each: Export): boolean => {
    const name = exportName(each)
    const whole = exportName({ path: each.path, name: WHOLE })
    const isUsedIn = (names: ReadonlySet<string>): boolean => names.has(name) || names.has(whole)
    return isUsedIn(used.byOthers) || ((each.isType || isIn(each.path, 'test')) && isUsedIn(used.byTests))
  }
  return files
    .flatMap(exportsOf)
    .filter(each => !isUsed(each))
    .map(exportName)
}

/** Nobody can say which of its names are used of a file that is handed on as a whole. */
const WHOLE = '*'

const isOfTests = (file: SourceFile): boolean => isTest(file) || isIn(file.path, 'test')

const usesIn = (files: readonly SourceFile[]): ReadonlySet<string> =>
  new Set(files.flatMap(file => parse(file).statements.flatMap(namesOfStatement(file)).concat(dynamicNames(file))))

const targetOf = ({ path }: SourceFile, specifier: string): string =>
  posix.normalize(posix.join(posix.dirname(path), specifier))

/** `import { a, type B as C } from`, `import d from`, `export { e } from`. */
const namesOfStatement =
  (file: SourceFile) =>
  (statement: ts.Statement): string[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    const specifier = textOf(statement.moduleSpecifier)
    if (!specifier?.startsWith('.')) return []
    const path = targetOf(file, specifier)
    return namesTaken(statement).map(name => exportName({ path, name }))
  }

function namesTaken(statement: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  if (ts.isExportDeclaration(statement)) return namesIn(statement.exportClause)
  const { name, namedBindings } = statement.importClause ?? {}
  return [...(name ? ['default'] : []), ...namesIn(namedBindings)]
}

const namesIn = (names: ts.NamedExportBindings | ts.NamedImportBindings | undefined): string[] =>
  names && 'elements' in names ? names.elements.map(each => (each.propertyName ?? each.name).text) : []

/** `(await import(…)).a`, `const { a } = await import(…)`, `lazyRouteComponent(() => import(…), 'a')`, `load: () => import(…)`. */
function dynamicNames(file: SourceFile): string[] {
  if (!file.text.includes('import(')) return []
  return nodesIn(parse(file)).flatMap(node => {
    if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return []
    const specifier = textOf(node.arguments[0])
    if (!specifier?.startsWith('.')) return []
    const path = targetOf(file, specifier)
    return namesOfPromise(node).map(name => exportName({ path, name }))
  })
}

function namesOfPromise(node: ts.Node): string[] {
  const { parent } = node
  if (ts.isAwaitExpression(parent) || ts.isParenthesizedExpression(parent)) return namesOfPromise(parent)
  if (ts.isPropertyAccessExpression(parent)) return [parent.name.text]
  if (ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name))
    return parent.name.elements.map(each => (each.propertyName ?? each.name).getText())
  if (ts.isArrowFunction(parent) && ts.isCallExpression(parent.parent))
    return parent.parent.arguments.flatMap(each => textOf(each) ?? [])
  if (ts.isArrowFunction(parent)) return [WHOLE]
  return []
}

function exportsOf(file: SourceFile): Export[] {
  const { path } = file
  return parse(file).statements.flatMap(statement =>
    namesExported(statement).map(name => ({ path, name, isType: isType(statement) })),
  )
}

const isType = (statement: ts.Statement): statement is ts.TypeAliasDeclaration | ts.InterfaceDeclaration =>
  ts.isTypeAliasDeclaration(statement) || ts.isInterfaceDeclaration(statement)

function namesExported(statement: ts.Statement): string[] {
  if (ts.isExportAssignment(statement)) return ['default']
  if (ts.isExportDeclaration(statement)) return namesGiven(statement)
  const has = (kind: ts.SyntaxKind): boolean =>
    ts.canHaveModifiers(statement) && (ts.getModifiers(statement)?.some(each => each.kind === kind) ?? false)
  if (!has(ts.SyntaxKind.ExportKeyword)) return []
  if (has(ts.SyntaxKind.DefaultKeyword)) return ['default']
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => bound(name))
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || isType(statement)
  return isNamed && statement.name ? [statement.name.text] : []
}

const namesGiven = ({ exportClause }: ts.ExportDeclaration): string[] =>
  exportClause && ts.isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name.text) : ['*']

/** `export const { a, b: [c] } = …` */
const bound = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap(each => (ts.isOmittedExpression(each) ? [] : bound(each.name)))
