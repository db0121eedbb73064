/** Which addresses a connection may be opened to, decided on the resolved address at connect time. */

/** Answers why an address is refused, or undefined when it may be reached. `address` is an IP literal, `host` the name it came from. */
export interface EgressGuard {
  refuse(address: string, host: string): string | undefined;
}
