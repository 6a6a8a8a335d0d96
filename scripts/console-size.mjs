// Looks through the built console. Its size is what everybody loads first, compressed: the scripts and styles that
// index.html names. Pages are loaded when they are opened.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const MOST_KB = 320

const kilobytesOf = (folder, files) =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0) / 1024

const classesIn = text => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g))

/** Throws when a script uses a component of Mantine whose styles console/mantine.css does not import. */
export function assertStyled(folder, allOfMantine) {
  const assets = join(folder, 'assets')
  const textOf = ending =>
    readdirSync(assets)
      .filter(name => name.endsWith(ending))
      .map(name => readFileSync(join(assets, name), 'utf8'))
      .join('\n')
  const [used, there, known] = [textOf('.js'), textOf('.css'), allOfMantine].map(classesIn)
  const missing = [...used].filter(name => known.has(name) && !there.has(name))
  if (missing.length === 0) return
  throw new Error(`console/mantine.css lacks the styles of a component: those with ${missing.join(', ')}.`)
}

/** Leaves a compressed file beside each script and style, so that nobody compresses anything while serving. */
export function compressConsole(folder) {
  const assets = join(folder, 'assets')
  for (const name of readdirSync(assets).filter(each => /\.(js|css)$/.test(each))) {
    const content = readFileSync(join(assets, name))
    writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }))
    writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content))
  }
}

/** One line about the size; throws when the scripts are larger than they may be. */
export function sizeOfConsole(folder) {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const named = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(match => match[1])
  const scripts = kilobytesOf(
    folder,
    named.filter(file => file.endsWith('.js')),
  )
  const styles = kilobytesOf(
    folder,
    named.filter(file => file.endsWith('.css')),
  )
  const line = `Console: ${scripts.toFixed(1)} KB of scripts and ${styles.toFixed(1)} KB of styles at first, compressed.`
  if (scripts > MOST_KB) throw new Error(`${line} At most ${MOST_KB} KB of scripts are allowed.`)
  return line
}
