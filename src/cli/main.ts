#!/usr/bin/env node
import { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { version } from '../version.ts'
import { addDemo } from './demo.ts'
import { addServe } from './serve.ts'
import { addSimulator } from './simulator.ts'

const FAILED = 1
const USAGE = 2

const program = new Command('consent-relay')
  .description('Keeps Mailchimp contacts in step with Didomi preferences')
  .version(version)
  .showSuggestionAfterError()
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : USAGE))
addServe(program)
addSimulator(program)
addDemo(program)

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof ConfigError ? USAGE : FAILED
}
