/** Limits on what a service takes, so that nobody can exhaust its machine. Each can be set. */
export interface Limits {
  /** Bytes of a request's body. */
  readonly body: number;
  /** Pixels of a picture, of which each takes 3 bytes once it is decoded, and as much again while it is drawn on. */
  readonly pixels: number;
  /** Pictures that wait or are worked on, of all requests together. */
  readonly queue: number;
  /** Seconds from a request's last byte to its answer. */
  readonly seconds: number;
  /** Seconds in which a request must have come in whole. */
  readonly receiveSeconds: number;
  /** Pictures of one run of the network. */
  readonly batch: number;
}

export const DEFAULT_LIMITS: Limits = {
  // A photograph of the largest cameras, in base64.
  body: 32_000_000,
  // Telephones take 12 to 24 million.
  pixels: 50_000_000,
  queue: 64,
  seconds: 30,
  receiveSeconds: 30,
  batch: 8,
};

/** All bodies that are in memory at once, as a multiple of the longest. */
export const BODIES_AT_ONCE = 8;

/** Objects and arrays in a body of JSON: an empty one takes twenty times its text in memory. A tensor of 512 × 512 pixels has 262,144 of them. */
export const MAX_JSON_CONTAINERS = 2 ** 20;

/** Parts of a form; each field of a question could be there a hundred times. */
export const MAX_FORM_PARTS = 1000;

/** Bytes of what stands before a part of a form: its name and type. */
export const MAX_PART_HEAD = 4096;

/** Items of a list in a request, pixels aside. */
export const MAX_LIST = 1000;

/** Connections at once: each costs some memory before it has asked anything. */
export const MAX_CONNECTIONS = 1024;

/** Seconds in which a request's head must have come in. */
export const HEAD_SECONDS = 10;

/** Seconds that a connection is kept for the next request. Longer than proxies keep theirs, which would else send into one that is closing. */
export const IDLE_SECONDS = 65;

/** Pictures of up to so many pixels stay in memory until their overlay is drawn; larger ones are decoded twice. */
export const KEPT_PIXELS = 2 ** 21;

/** Classes of one picture that are explained for one request. */
export const MAX_CLASSES = 100;
