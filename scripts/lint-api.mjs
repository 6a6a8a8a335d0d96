// Lints docs/openapi.json by redocly.yaml. On a terminal the tool would ask the registry whether there is a newer one.
process.env.REDOCLY_SUPPRESS_NOTIFICATIONS = 'true'
process.argv.push('lint')
await import('@redocly/cli/bin/cli.js')
