import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

/** A file of ours, by its path from the root of the repository. */
export type SourceFile = { readonly path: string; readonly text: string }

export const ROOT = join(import.meta.dirname, '..')

/** Every TypeScript file and every script of Node's below these folders; a folder that does not exist (yet) has none. */
export const sourceFiles = (...folders: readonly string[]): SourceFile[] =>
  folders
    .flatMap(folder => below(folder))
    .filter(path => /\.(tsx?|mjs)$/.test(path))
    .map(path => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

function below(folder: string): string[] {
  try {
    const names = readdirSync(join(ROOT, folder), { withFileTypes: true })
    return names.flatMap(entry =>
      entry.isDirectory() ? below(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    )
  } catch {
    return []
  }
}

export const isTest = ({ path }: SourceFile): boolean => /\.test\.tsx?$/.test(path)

const parsed = new WeakMap<SourceFile, ts.SourceFile>()

export function parse(file: SourceFile): ts.SourceFile {
  const known = parsed.get(file)
  if (known) return known
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
  parsed.set(file, tree)
  return tree
}

/** Every node of a file, parents before their children. */
export function nodesIn(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = []
  const visit = (each: ts.Node): void => {
    found.push(each)
    ts.forEachChild(each, visit)
  }
  visit(node)
  return found
}

export type Import = {
  /** A path from the root for our own files, else the name of the package. */
  readonly target: string
  readonly own: boolean
  /** Nothing of it is left at run time. One whose names are types, each for itself, still loads the file. */
  readonly isType: boolean
  /** Loaded when the code comes to it, by `import()`. */
  readonly isLazy: boolean
  /** What is used at run time; types are not. */
  readonly values: readonly string[]
}

/** Every import of a file, whichever way it is written. */
export function importsOf(file: SourceFile): Import[] {
  return nodesIn(parse(file)).flatMap(node => {
    const specifier = specifierOf(node)
    if (specifier === undefined) return []
    const own = specifier.startsWith('.')
    const target = own ? posix.normalize(posix.join(posix.dirname(file.path), specifier)) : specifier
    const isImport = ts.isImportDeclaration(node)
    const isType = ts.isImportTypeNode(node) || (isImport && node.importClause?.isTypeOnly === true)
    return [{ target, own, isType, isLazy: ts.isCallExpression(node), values: isImport ? valuesOf(node) : [] }]
  })
}

function specifierOf(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    return textOf(node.moduleSpecifier)
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0])
  return undefined
}

export const textOf = (node: ts.Node | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined

function valuesOf({ importClause }: ts.ImportDeclaration): string[] {
  const names = importClause?.namedBindings
  if (!importClause || importClause.isTypeOnly || !names) return []
  if (ts.isNamespaceImport(names)) return ['*']
  return names.elements.filter(each => !each.isTypeOnly).map(each => (each.propertyName ?? each.name).text)
}
