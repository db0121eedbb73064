/** What Tocsin finds when it examines itself. */

/** `warn`: works, and somebody should look. `fail`: something a page depends on does not work. */
export interface DoctorReport {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly name: string;
    readonly status: "pass" | "warn" | "fail";
    readonly message: string;
  }[];
}
