/** What the operations are about, in the order in which they are shown. */
export const TAGS = [
  { name: 'webhook', description: 'The two doors of Didomi: its webhook, and the tokens for it.' },
  { name: 'sources', description: "Didomi organisations' feeds, their secrets, and the paths seen in them." },
  { name: 'integrations', description: 'Which source fills which merge fields of which Mailchimp audience.' },
  { name: 'mailchimp', description: 'Questions that are passed on to Mailchimp while an integration is set up.' },
  { name: 'events', description: 'What Didomi sent.' },
  { name: 'people', description: 'What is kept of one person, and what Mailchimp holds of them.' },
  { name: 'ledger', description: 'Debts, attempts and batches, what was set apart, who did what, and the counts.' },
  { name: 'failures', description: 'What is in the way of deliveries, grouped by its cause.' },
  { name: 'replays', description: 'Debts that are made due again.' },
  { name: 'sessions', description: 'Signing in to the console and out of it.' },
  { name: 'accounts', description: 'Who may sign in.' },
  { name: 'tokens', description: 'API tokens, for scripts.' },
  { name: 'retention', description: 'For how long what is kept.' },
  { name: 'upgrade', description: 'What an older release left, brought up to date.' },
  { name: 'health', description: 'Liveness, readiness and metrics.' },
] as const
