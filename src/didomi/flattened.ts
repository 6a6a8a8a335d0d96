import { inFigures } from '../domain/limits.ts'
import { get, isObject, nestsTooDeep, type Json } from './shape.ts'

export const SEPARATOR = '__'
/** Only under these does Didomi flatten; elsewhere `__` is part of a customer's key. */
const ROOTS = new Set(['parameters', 'entity', 'new_entity', 'old_entity', 'source', 'user', 'consents', 'metadata'])
/** Parameters, entity, user or consents: a body that goes on nesting them would go on until the stack ends. */
const DEEPEST_ROOT = 3

type Tree = { [key: string]: unknown }

/** How much of a flattened record is looked at, and what is said of more. */
type Reach = {
  readonly steps: number
  readonly keys: number
  exceed(path: string, why: string): void
}

export const FARTHEST: Reach = { steps: Infinity, keys: Infinity, exceed: () => undefined }

/**
 * Undoes Didomi's *Flatten* option, which writes `consents__purposes__0__enabled` for the nested property. Works at
 * any level the flattening starts at, and leaves a plain body as it is.
 */
export const unflatten = (body: Json, reach: Reach): Json => planted(body, 0, { ...reach, seen: 0 })

type Planting = Reach & { seen: number }

function planted(body: Json, depth: number, planting: Planting): Json {
  const tree = emptyTree()
  for (const key in body) {
    const value = get(body, key)
    planting.seen += 1
    if (planting.seen > planting.keys) {
      planting.exceed('parameters', `holds more than ${inFigures(planting.keys)} keys`)
      break
    }
    const path = pathOf(key)
    if (path.length > planting.steps) planting.exceed('parameters', nestsTooDeep(planting.steps))
    else if (path.length > 1) plant(tree, path, value)
    else if (ROOTS.has(key) && key !== 'metadata' && isObject(value) && depth < DEEPEST_ROOT)
      tree[key] = merged(tree[key], planted(value, depth + 1, planting))
    else tree[key] = value
  }
  return tree
}

function pathOf(key: string): string[] {
  const path = stepsOf(key)
  return ROOTS.has(path[0] ?? '') && !path.includes('') ? path : [key]
}

const FREE_TEXT = /(?:^|__)(?:metadata|values)__/
const VALUE = /^(.+)__(value|from_propagation)$/s

/** Keys of metadata and preferences of API v2 stand in a path as they are, with any `_` and `__` of their own. */
function stepsOf(key: string): string[] {
  const [found] = FREE_TEXT.exec(key) ?? []
  if (found === undefined) return key.split(SEPARATOR)
  const start = key.indexOf(found) + found.length
  const stem = key.slice(0, start - SEPARATOR.length).split(SEPARATOR)
  const rest = key.slice(start)
  return [...stem, ...(found.endsWith('metadata__') ? [rest] : (VALUE.exec(rest)?.slice(1) ?? rest.split(SEPARATOR)))]
}

function plant(tree: Tree, path: readonly string[], value: unknown): void {
  let branch = tree
  for (const step of path.slice(0, -1)) branch = branchAt(branch, step)
  branch[path.at(-1) ?? ''] = value
}

/** A branch of our own, without a prototype: a step may well be called `__proto__`. */
function branchAt(tree: Tree, step: string): Tree {
  const next = get(tree, step)
  if (isObject(next) && Object.getPrototypeOf(next) === null) return next
  return (tree[step] = isObject(next) ? merged(emptyTree(), next) : emptyTree())
}

const emptyTree = (): Tree => Object.create(null) as Tree

const merged = (existing: unknown, added: Json): Tree =>
  Object.assign(emptyTree(), isObject(existing) ? existing : {}, added)
