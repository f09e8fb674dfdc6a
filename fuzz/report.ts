/** A case that ended as none may. */
export interface Finding {
  readonly index: number;
  readonly what: string;
}

/** What came out of a part of the cases. */
export interface Report {
  /** How many ended how: `ok`, or the code of an error. */
  readonly ends: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** The case that took longest, and how long. */
  readonly slowest: { readonly index: number; readonly seconds: number };
  /** The most memory that the process ever had. */
  readonly residentMib: number;
}
