import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { writtenDocument } from '../src/contract/document.ts'
import { PROBLEMS } from '../src/domain/problem.ts'
import { EXPLANATIONS } from '../src/domain/reason.ts'
import { type Database } from '../src/store/engine/database.ts'
import { dumpSchema } from '../src/store/engine/dump-schema.ts'
import { migrate } from '../src/store/engine/migrate.ts'
import { migrations } from '../src/store/migrations/all.ts'
import { openDatabase } from '../src/store/engine/open.ts'
import { mailchimpErrorsPage } from './mailchimp-errors.ts'
import { table } from './markdown.ts'
import { metricsPage } from './metrics.ts'
import { documentPage } from './options.ts'

/** How to make the generated documents anew. */
const HOW = 'node scripts/generate.mjs'

type GenerateOptions = {
  /** An empty PostgreSQL database; it is migrated. */
  readonly postgresUrl: string
}

/** Every document that is made from the source, by its path from the root of the repository. */
export async function generate({ postgresUrl }: GenerateOptions): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-generate-'))
  try {
    return new Map([
      ['docs/problems.md', problemsPage()],
      ['docs/mailchimp-errors.md', mailchimpErrorsPage(HOW)],
      ['docs/metrics.md', metricsPage(HOW)],
      ['docs/document.md', documentPage(HOW)],
      ['docs/integration.schema.json', json(documentSchema())],
      ['docs/openapi.json', json(await apiDescription(folder))],
      ['docs/schema.sqlite.sql', await schemaOf({ file: join(folder, 'schema.db') })],
      ['docs/schema.postgres.sql', await schemaOf({ file: '', databaseUrl: postgresUrl })],
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const documentSchema = () => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:consent-relay:integration',
  title: 'Consent Relay: an integration document',
  ...z.toJSONSchema(writtenDocument, { io: 'input' }),
})

/** What a running service says about itself; where it runs is of no interest. */
async function apiDescription(folder: string): Promise<unknown> {
  const config = readConfig({
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: join(folder, 'data'),
    CONSENT_RELAY_LOG_LEVEL: 'silent',
  })
  const app = await startApp(config, { ticking: false })
  try {
    const answer = await fetch(`${app.url}/openapi.json`)
    return JSON.parse((await answer.text()).replaceAll(`"${app.url}"`, '"/"').replaceAll(app.url, ''))
  } finally {
    await app.stop()
  }
}

async function schemaOf(location: { file: string; databaseUrl?: string }): Promise<string> {
  const db: Database = await openDatabase(location)
  try {
    await migrate(db, migrations)
    return `-- Made by ${HOW} from src/store/migrations.\n\n${await dumpSchema(db)}`
  } finally {
    await db.close()
  }
}

const problemsPage = (): string => {
  const problems = Object.entries(PROBLEMS).map(([code, { status, title, advice }]) => [
    `\`${code}\``,
    String(status),
    `${title}.`,
    advice,
  ])
  const reasons = Object.entries(EXPLANATIONS).map(([code, { says, next }]) => [`\`${code}\``, says, next])
  return `<!-- Made by ${HOW} from src/domain/problem.ts and src/domain/reason.ts. -->

# Problems and reasons

## Problems

Why a request is refused. The answer is a problem document (RFC 9457, \`application/problem+json\`): \`code\` is one of these, \`detail\` says what exactly is wrong, and \`errors\` lists every field at fault with its path and the remedy.

${table(['Code', 'Status', 'Meaning', 'What to do'], problems)}

## Reasons

Why a delivery ended, or waits. Where the last column is empty, nothing needs to be done.

${table(['Code', 'Meaning', 'What to do'], reasons)}
`
}
