import { posix } from 'node:path'
import ts from 'typescript'
import { importsOf, nodesIn, parse, type Import, type SourceFile } from './source-files.ts'

const PACKAGES = 'packages'
/** Node's own modules, and no package. */
const NODE = "Node's own"

/** Nothing of these files at run time. */
const typesOf = (place: string): string => `types of ${place}`

const BENEATH_PIPELINE = ['src/domain', 'src/didomi', 'src/mailchimp', 'src/store', 'src/telemetry.ts', PACKAGES]

/** What a room of the pipeline may import: the layers beneath it, the files that every room shares, these rooms. */
const pipelineRoom = (...rooms: readonly string[]): readonly string[] => [
  ...BENEATH_PIPELINE,
  'src/pipeline/audited.ts',
  'src/pipeline/existing.ts',
  'src/pipeline/loop.ts',
  'src/pipeline/secrets.ts',
  ...rooms.map(room => `src/pipeline/${room}`),
]

const storeRoom = (...rooms: readonly string[]): readonly string[] => [
  'src/domain',
  PACKAGES,
  ...rooms.map(room => `src/store/${room}`),
]

/**
 * What a folder, or a file that has a rule of its own, may import beside itself (ARCHITECTURE.md). `packages` are npm's
 * and Node's. An arrow that is not here is forbidden, "just a type" included.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/domain': [],
  'src/didomi': ['src/domain', PACKAGES],
  'src/mailchimp': ['src/domain', PACKAGES],
  'src/store/engine': storeRoom(),
  'src/store/migrations': storeRoom('engine'),
  'src/store/settings': storeRoom('engine'),
  'src/store/access': storeRoom('engine'),
  'src/store/soundness': storeRoom('engine', 'settings'),
  'src/store/ledger': storeRoom('engine', 'settings'),
  'src/store/debts': storeRoom('engine', 'settings', 'ledger'),
  'src/store/contacts': storeRoom('engine', 'debts'),
  'src/store/ownership': storeRoom('engine', 'migrations'),
  'src/pipeline/audited.ts': BENEATH_PIPELINE,
  'src/pipeline/existing.ts': BENEATH_PIPELINE,
  'src/pipeline/loop.ts': BENEATH_PIPELINE,
  'src/pipeline/secrets.ts': BENEATH_PIPELINE,
  'src/pipeline/intake': pipelineRoom(),
  'src/pipeline/access': pipelineRoom(),
  'src/pipeline/watch': pipelineRoom('delivery'),
  'src/pipeline/delivery': pipelineRoom(),
  'src/pipeline/batches': pipelineRoom('delivery'),
  'src/pipeline/lanes': pipelineRoom('batches', 'delivery'),
  'src/pipeline/live': pipelineRoom('delivery'),
  'src/pipeline/settings': pipelineRoom('live', 'lanes', 'delivery'),
  'src/pipeline/upkeep': pipelineRoom('intake', 'watch', 'delivery'),
  'src/contract': ['src/domain', 'zod'],
  'src/http': ['src/pipeline', 'src/store', 'src/contract', 'src/domain', 'src/telemetry.ts', PACKAGES],
  'src/cli': ['src/version.ts', typesOf('src/contract'), NODE],
  'src/cli/store-flags.ts': ['src/cli', 'src/config.ts', NODE],
  'src/cli/commands/migrate.ts': ['src/cli', 'src/migrating.ts', NODE],
  'src/cli/commands/serve.ts': ['src/cli', 'src/app.ts', 'src/config.ts', NODE],
  'src/app.ts': ['src', PACKAGES],
  'src/opening.ts': ['src', PACKAGES],
  'src/timers.ts': ['src', PACKAGES],
  'src/stopping.ts': ['src/domain', PACKAGES],
  'src/migrating.ts': ['src', PACKAGES],
  'src/config.ts': ['src/domain', PACKAGES],
  'src/telemetry.ts': [PACKAGES],
  'src/log.ts': [PACKAGES],
  'src/metrics': ['src/domain', 'src/telemetry.ts', PACKAGES],
  'src/version.ts': [PACKAGES],
  console: ['src/contract', 'src/domain', PACKAGES],
  simulator: [PACKAGES],
}

export const isIn = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`)

/** The rule for a file: the longest place that it is in. */
const placeOf = (path: string): string | undefined =>
  Object.keys(MAY_IMPORT)
    .filter(place => isIn(path, place))
    .sort((a, b) => b.length - a.length)[0]

const typesInclude = (allowed: string, target: string): boolean =>
  allowed.startsWith(typesOf('')) && isIn(target, allowed.slice(typesOf('').length))

export function forbiddenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(file => {
    const place = placeOf(file.path)
    if (place === undefined) return [`${file.path} has no rule in ARCHITECTURE.md`]
    const allowed = MAY_IMPORT[place] ?? []
    const fits = ({ target, own, isType }: Import) => {
      if (!own)
        return [target, PACKAGES, ...(target.startsWith('node:') ? [NODE] : [])].some(each => allowed.includes(each))
      const isAllowed = (other: string) => isIn(target, other) || (isType && typesInclude(other, target))
      return isIn(target, place) || allowed.some(isAllowed)
    }
    return importsOf(file)
      .filter(each => !fits(each))
      .map(({ target }) => `${file.path} imports ${target}`)
  })
}

/** What the command line loads before it knows what it is to do, beside its own ground: everything else waits. */
export function loadedTooEarly(files: readonly SourceFile[]): string[] {
  const isGround = (path: string) => posix.dirname(path) === 'src/cli'
  const mayLoad = (from: string, to: string) => isGround(to) || (!isGround(from) && isIn(to, 'src/cli'))
  return files.flatMap(file =>
    importsOf(file)
      .filter(({ target, own, isType, isLazy }) => own && !isType && !isLazy && !mayLoad(file.path, target))
      .map(({ target }) => `${file.path} loads ${target}`),
  )
}

const IMPURE = ['process', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'performance']
const MORE_IMPURE = ['crypto', 'console', 'globalThis', 'Promise', 'require']

/** No clock, no dice, no I/O: a pure function is told the time. */
export function impurities(files: readonly SourceFile[]): string[] {
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
export function writersIn(files: readonly SourceFile[]): Set<string> {
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
export function writesOf(files: readonly SourceFile[], writers: ReadonlySet<string>): string[] {
  return files.flatMap(file => {
    const used = importsOf(file)
      .filter(({ target }) => isIn(target, 'src/store'))
      .flatMap(({ values }) => values.filter(name => name === '*' || writers.has(name)))
    const own = literalsIn(parse(file)).filter(text => /^\s*(insert into|update \w+ set|delete from)\b/i.test(text))
    return [...used, ...own].map(what => `${file.path} writes by ${what}`)
  })
}

export const isBarrel = (file: SourceFile): boolean => {
  const { statements } = parse(file)
  const passesOn = (each: ts.Statement) => ts.isImportDeclaration(each) || ts.isExportDeclaration(each)
  return statements.length > 0 && statements.every(passesOn) && statements.some(ts.isExportDeclaration)
}

export const hasAny = (file: SourceFile): boolean =>
  nodesIn(parse(file)).some(({ kind }) => kind === ts.SyntaxKind.AnyKeyword)

/** Words that leave open who or how many: each has a plainer one. Names in code are not looked at. */
export const hasVagueWord = ({ text }: SourceFile): boolean =>
  /(?<![\w$.])(whoever|whatever|somebody|nobody|anew|so many|as far as)(?![\w$])/i.test(text)

export const hasReminder = ({ text }: SourceFile): boolean => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)

/** Folders beside each other that import each other, each pair once. */
export function tangles(files: readonly SourceFile[]): string[] {
  const arrows = new Set(
    files.flatMap(file => {
      const from = posix.dirname(file.path)
      return importsOf(file)
        .filter(({ own }) => own)
        .map(({ target }) => `${from} ${posix.dirname(target)}`)
    }),
  )
  return [...arrows].filter(arrow => {
    const [from = '', to = ''] = arrow.split(' ')
    return from < to && !isIn(to, from) && arrows.has(`${to} ${from}`)
  })
}

/** The files that import each other in a ring, "just types" included: what is left when those without arrows are gone. */
export function rings(files: readonly SourceFile[]): string[] {
  const targets = new Map(files.map(file => [file.path, importsOf(file).map(({ target }) => target)]))
  const isLeft = (path: string): boolean => targets.has(path)
  for (let before = Infinity; targets.size < before;) {
    before = targets.size
    for (const [path, own] of targets) if (!own.some(isLeft)) targets.delete(path)
  }
  return [...targets.keys()].filter(path => [...targets.values()].some(own => own.includes(path)))
}

/** Where one file for each rule, resource or migration is the order. */
const ROOMY = ['src/domain', 'src/contract', 'src/http/api', 'src/store/migrations']
export const MOST_FILES = 20

export function crowded(files: readonly SourceFile[]): string[] {
  const sizes = new Map<string, number>()
  for (const { path } of files) sizes.set(posix.dirname(path), (sizes.get(posix.dirname(path)) ?? 0) + 1)
  return [...sizes].filter(([folder, size]) => size > MOST_FILES && !ROOMY.includes(folder)).map(([folder]) => folder)
}

export const MOST_LINES = 300
export const isTooLong = ({ text }: SourceFile): boolean => text.trimEnd().split('\n').length > MOST_LINES

const SLEEP = /^(setTimeout|setInterval|sleep|delay|scheduler\.wait)$/

/** A test that waits for a time to pass is slow and sometimes wrong; the clock is an argument. */
export const sleeps = (file: SourceFile): boolean =>
  importsOf(file).some(({ target }) => target === 'node:timers/promises') ||
  nodesIn(parse(file)).some(node => ts.isAwaitExpression(node) && nodesIn(node.expression).some(each => isSleep(each)))

const isSleep = (node: ts.Node): boolean => ts.isCallExpression(node) && SLEEP.test(node.expression.getText())

export const pathsOf = (files: readonly SourceFile[]): string[] => files.map(({ path }) => path)
