export { type NodeRuntimeOptions, nodeRuntime } from './runtime/native.js';
export { type OpenRuntimeOptions, openRuntime } from './runtime/open.js';
export { type WasmRuntimeOptions, wasmRuntime } from './runtime/wasm.js';
