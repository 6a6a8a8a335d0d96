import { type Settings } from '../../domain/integration.ts'
import { createClient, type After, type Client } from '../../mailchimp/client.ts'
import { type Database } from '../../store/engine/database.ts'
import { findCredential, type Integration } from '../../store/settings/integrations.ts'
import { type Seal } from '../../store/settings/sealed.ts'
import { keyPlace } from '../secrets.ts'
import { type Questions } from './questions.ts'

/** What it takes to ask Mailchimp something for a person. */
export type AskDeps = {
  readonly db: Database
  readonly seal: Seal
  readonly originFor: (dataCentre: string) => string
  readonly after: After
  readonly questions: Questions
  readonly clock: () => number
}

/** A key to ask Mailchimp with; it need not be kept here. */
export type Key = { readonly apiKey: string; readonly dataCentre: string }

/** An integration document as it came in, its key in clear. */
export type Document = { readonly settings: Settings; readonly apiKey: string }

export const keyIn = ({ settings: { dataCentre }, apiKey }: Document): Key => ({ apiKey, dataCentre })

/** The key that an integration uses, in clear. */
export async function keyOf(
  { db, seal }: Pick<AskDeps, 'db' | 'seal'>,
  { credentialId: id, settings: { dataCentre } }: Integration,
): Promise<Key> {
  const credential = await findCredential(db, id)
  if (!credential) throw new Error(`the credential ${id} is missing`)
  return { apiKey: seal.open(credential.sealedKey, keyPlace(id)), dataCentre }
}

/** Runs `work` with a client of its own: it waits behind other questions of the key, and never behind deliveries. */
export function askMailchimp<T>(
  { originFor, after, questions }: Pick<AskDeps, 'originFor' | 'after' | 'questions'>,
  { apiKey, dataCentre }: Key,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return questions.ask(apiKey, async () => {
    const client = createClient({ apiKey, origin: originFor(dataCentre), after, connections: 1 })
    try {
      return await work(client)
    } finally {
      await client.close()
    }
  })
}
