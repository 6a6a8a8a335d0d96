// Leaves a package as `npm publish` takes it, and its bill of materials, in the folder release.
import './typescript.mjs'
import { fileURLToPath } from 'node:url'

const { release } = await import('./release.ts')
const { tarball, sbom } = release(fileURLToPath(new URL('../release', import.meta.url)))
console.log(`${tarball}\n${sbom}`)
