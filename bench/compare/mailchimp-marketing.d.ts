/** The part of the official client that is used here; it brings no types. */
declare module '@mailchimp/mailchimp_marketing' {
  type Client = {
    basePath: string
    setConfig(config: { readonly apiKey: string; readonly server: string }): void
    readonly lists: {
      setListMember(
        listId: string,
        subscriberHash: string,
        body: unknown,
        options: { readonly skipMergeValidation: boolean },
      ): Promise<unknown>
    }
  }
  const client: Client
  export default client
}
