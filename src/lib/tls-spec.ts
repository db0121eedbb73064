/** The keys with which configuration describes a TLS connection. */

import { z } from "zod";

/** PEM texts stand in files or secrets, never in the configuration itself. */
export const identityKeys = {
  ca: z.string().optional().describe("File, env:NAME or file:PATH with the authorities to trust instead"),
  cert: z.string().optional().describe("The client's certificate, likewise"),
  key: z.string().optional().describe("Its key, likewise"),
  server_name: z.string().optional().describe("Name to ask for and check instead of the address's host"),
};

interface CertAndKey {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export const BOTH_EXPECTED = "expected cert and key together";

export function hasBothOrNeither({ cert, key }: CertAndKey): boolean {
  return (cert === undefined) === (key === undefined);
}

/** For a `tls` key beside others. */
export const tlsKeys = z
  .strictObject({
    ...identityKeys,
    insecure: z.boolean().default(false).describe("Accept any certificate"),
  })
  .refine(hasBothOrNeither, BOTH_EXPECTED);
