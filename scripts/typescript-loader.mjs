import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { withoutTypes } from './without-types.cjs'

export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
  const fileName = fileURLToPath(url)
  return { format: 'module', source: withoutTypes(fileName, await readFile(fileName, 'utf8')), shortCircuit: true }
}
