// The benchmarks are TypeScript; threads that they start need the same door to it, so it is given to the process.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const typescript = new URL('./typescript.mjs', import.meta.url).href
const main = fileURLToPath(new URL('../bench/main.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', typescript, main, ...process.argv.slice(2)], { stdio: 'inherit' })
process.on('SIGTERM', () => child.kill('SIGTERM'))
process.on('SIGINT', () => undefined)
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
