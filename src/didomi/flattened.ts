import { isObject, type Json } from './shape.ts'

const SEPARATOR = '__'
/** Only under these does Didomi flatten; elsewhere `__` is part of somebody's key. */
const ROOTS = new Set(['parameters', 'entity', 'new_entity', 'old_entity', 'source', 'user', 'consents', 'metadata'])

type Tree = { [key: string]: unknown }

/**
 * Undoes Didomi's *Flatten* option, which writes `consents__purposes__0__enabled` for the nested property. Works at
 * whatever level the flattening starts, and leaves a plain body as it is.
 */
export function unflatten(body: Json): Json {
  const tree = Object.create(null) as Tree
  for (const [key, value] of Object.entries(body)) {
    const path = pathOf(key)
    if (path.length > 1) plant(tree, path, value)
    else
      tree[key] = ROOTS.has(key) && isObject(value) && key !== 'metadata' ? merged(tree[key], unflatten(value)) : value
  }
  return tree
}

function pathOf(key: string): string[] {
  const path = key.split(SEPARATOR)
  if (path.length < 2 || !ROOTS.has(path[0] ?? '') || path.includes('')) return [key]
  const metadata = path.indexOf('metadata')
  return metadata < 0 || metadata === path.length - 1
    ? path
    : [...path.slice(0, metadata + 1), path.slice(metadata + 1).join(SEPARATOR)]
}

function plant(tree: Tree, path: readonly string[], value: unknown): void {
  let branch = tree
  for (const step of path.slice(0, -1)) {
    const next = branch[step]
    branch = isObject(next) ? next : (branch[step] = Object.create(null) as Tree)
  }
  branch[path.at(-1) ?? ''] = value
}

const merged = (existing: unknown, added: Json): Json =>
  isObject(existing) ? Object.assign(Object.create(null) as Tree, existing, added) : added
