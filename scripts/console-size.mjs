// How much of the console everybody loads first, compressed: the scripts and styles that index.html names. Pages are
// loaded when they are opened.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const MOST_KB = 320

const kilobytesOf = (folder, files) =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0) / 1024

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
