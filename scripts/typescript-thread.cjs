'use strict'
// Lets a thread begin with TypeScript: `--require` it, and every thread inherits it. The hooks of typescript.mjs would
// do as well, but Node 20 starts a second thread to run them in, for each thread that asks for them.
const Module = require('node:module')
const { existsSync, readFileSync } = require('node:fs')
const { basename, dirname, join, resolve } = require('node:path')
const { pathToFileURL } = require('node:url')
const { isMainThread } = require('node:worker_threads')
const { CACHE, hashOf, keep, withoutTypes } = require('./without-types.cjs')

const OURS = /(?<=\b(?:from|import) ')\.{1,2}\/[^']+\.ts(?=')/g

// From 22.18 on Node takes the types out by itself.
if (!isMainThread && !process.features.typescript) {
  const { runMain } = Module
  Module.runMain = file => (file.endsWith('.ts') ? import(pathToFileURL(plainFileOf(file)).href) : runMain(file))
}

/** A file of JavaScript that does what `file` does, with all that it imports of ours in the same folder. */
function plainFileOf(file) {
  const texts = textsFrom(file)
  const version = hashOf(...[...texts].flat()).slice(0, 16)
  const nameOf = path => `${version}-${hashOf(path).slice(0, 16)}-${basename(path, '.ts')}.mjs`
  const made = path => join(CACHE, nameOf(path))
  // The first is written last: when it is there, so are the others.
  for (const [path, text] of existsSync(made(file)) ? [] : [...texts].reverse()) {
    const plain = withoutTypes(path, text)
    keep(
      made(path),
      plain.replace(OURS, target => `./${nameOf(resolve(dirname(path), target))}`),
    )
  }
  return made(file)
}

/** Each file of ours that `file` imports in the end, and itself first, with its text. */
function textsFrom(file, texts = new Map()) {
  if (texts.has(file)) return texts
  const text = readFileSync(file, 'utf8')
  texts.set(file, text)
  for (const [target] of text.matchAll(OURS)) textsFrom(resolve(dirname(file), target), texts)
  return texts
}
