import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, type SourceFile } from './source-files.ts'

const FOLDERS = ['.', 'docs', 'docs/decisions', 'simulator', 'test/fixtures/didomi']

/** Every page that we wrote for people, by its path from the root of the repository. */
export const markdownFiles = (): SourceFile[] =>
  FOLDERS.flatMap(folder => readdirSync(join(ROOT, folder)).map(name => join(folder, name)))
    .filter(path => path.endsWith('.md'))
    .map(path => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
