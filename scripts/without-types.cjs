'use strict'
const { createHash } = require('node:crypto')
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const nodeModule = require('node:module')
const { join } = require('node:path')

/** What was made of our files is kept here: the compiler alone takes half a second to load. */
const CACHE = join(__dirname, '../node_modules/.cache/consent-relay')

/** The text of a TypeScript file as JavaScript. Our syntax is erasable only, so taking the types out is all. */
function withoutTypes(fileName, text) {
  if (nodeModule.stripTypeScriptTypes) return nodeModule.stripTypeScriptTypes(text)
  const kept = join(CACHE, `${hashOf(fileName, text)}.mjs`)
  return read(kept) ?? keep(kept, transpile(fileName, text))
}

function transpile(fileName, text) {
  const ts = require('typescript')
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    verbatimModuleSyntax: true,
    inlineSourceMap: true,
  }
  return ts.transpileModule(text, { fileName, compilerOptions }).outputText
}

function hashOf(...texts) {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex')
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Whoever else makes the same file at this moment makes the same text. */
function keep(file, text) {
  mkdirSync(CACHE, { recursive: true })
  const unfinished = `${file}.${process.pid}.${Math.random()}`
  writeFileSync(unfinished, text)
  renameSync(unfinished, file)
  return text
}

module.exports = { CACHE, hashOf, keep, read, withoutTypes }
