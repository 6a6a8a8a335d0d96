import { type TestProject } from 'vitest/node'
import startPostgres from './postgres-server.ts'

/** One PostgreSQL for all kinds of tests: the first that needs it starts it, and it stops with the run. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const all = project.vitest.getRootProject()
  return 'postgresUrl' in all.getProvidedContext() ? undefined : startPostgres(all)
}
