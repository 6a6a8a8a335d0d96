// Vite lists the licences of the scripts that it bundles. What only styles import, a font above all, is added here.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const packagesIn = css => [...css.matchAll(/@import '((?:@[^/']+\/)?[^./'][^/']*)\//g)].map(match => match[1])

const importedBy = folder =>
  readdirSync(folder)
    .filter(name => name.endsWith('.css'))
    .flatMap(name => packagesIn(readFileSync(join(folder, name), 'utf8')))

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return { name, version, identifier: license, text: readFileSync(join(folder, 'LICENSE'), 'utf8') }
}

/** Completes `file` by the packages whose files the style sheets in `styles` import. */
export function completeLicences({ file, styles, modules }) {
  const listed = JSON.parse(readFileSync(file, 'utf8'))
  const known = new Set(listed.map(({ name }) => name))
  const more = [...new Set(importedBy(styles))].filter(name => !known.has(name))
  const all = [...listed, ...more.map(name => licenceOf(join(modules, name)))]
  writeFileSync(file, JSON.stringify(all, undefined, 2))
}
