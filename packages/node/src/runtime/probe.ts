/** The smallest model that runs: `y = Identity(x)` on one float32, opset 13, IR version 7; the bytes of its ModelProto. */
export const PROBE_MODEL: Uint8Array = Buffer.from(
  'CAc6OwoQCgF4EgF5IghJZGVudGl0eRIFcHJvYmVaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAN',
  'base64',
);
