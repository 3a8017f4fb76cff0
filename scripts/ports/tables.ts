/** Every method is a read. */

export interface ItemPage {
  items: number
  /** Where the next page begins, opaque; undefined at the end. */
  next: Readonly<Record<string, unknown>> | undefined
}

export interface Tables {
  /** How many items a page (1 MB) of a table holds; an empty page when there is no such table. */
  countItems(table: string, after?: ItemPage['next']): Promise<ItemPage>
}
