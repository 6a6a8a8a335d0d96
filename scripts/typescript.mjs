// Lets Node run our TypeScript without a build: `node --import ./scripts/typescript.mjs src/cli/main.ts serve`.
// Our syntax is erasable only, so taking the types out is all there is to do.
import { register } from 'node:module'

register('./typescript-loader.mjs', import.meta.url)
