// Where messages go. Addresses and tokens are secrets: they come from the config and stay in the process.

export type Channel =
  | { readonly type: "webhook" | "slack"; readonly url: string }
  /** `url` is that of the Bot API, without the token. */
  | { readonly type: "telegram"; readonly url: string; readonly token: string; readonly chatId: string };

/** By name, as jobs call them. */
export type Channels = ReadonlyMap<string, Channel>;
