import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'

// Every worker thread starts here, and the compiler alone takes half a second to load: what it made is kept.
const cache = new URL('../node_modules/.cache/consent-relay/', import.meta.url)

export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
  const fileName = fileURLToPath(url)
  const text = await readFile(fileName, 'utf8')
  return { format: 'module', source: await withoutTypes(fileName, text), shortCircuit: true }
}

async function withoutTypes(fileName, text) {
  if (nodeModule.stripTypeScriptTypes) return nodeModule.stripTypeScriptTypes(text)
  const kept = new URL(`${createHash('sha256').update(fileName).update(text).digest('hex')}.mjs`, cache)
  return readFile(kept, 'utf8').catch(() => transpile(fileName, text, kept))
}

async function transpile(fileName, text, kept) {
  const { default: ts } = await import('typescript')
  const { outputText } = ts.transpileModule(text, {
    fileName,
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
      inlineSourceMap: true,
    },
  })
  await mkdir(cache, { recursive: true })
  const unfinished = new URL(`${kept.href}.${process.pid}.${Math.random()}`)
  await writeFile(unfinished, outputText)
  await rename(unfinished, kept)
  return outputText
}
