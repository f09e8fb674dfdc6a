import { GradcamError, type Session, type Tensor } from '@gradcam/core';
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import { valueInfo } from './info.js';
import { fromOrt, toOrt } from './tensor.js';
import { runtimeError } from './words.js';

/** A loaded model over an InferenceSession of either build; both share this class' interface and most of its pitfalls. */
export class OrtSession implements Session {
  readonly inputs: Session['inputs'];
  readonly outputs: Session['outputs'];
  readonly #names: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  #session: InferenceSession | undefined;

  private constructor(
    session: InferenceSession,
    private readonly createTensor: TensorConstructor,
  ) {
    this.inputs = session.inputMetadata.map(valueInfo);
    this.outputs = session.outputMetadata.map(valueInfo);
    this.#names = { inputs: this.inputs.map(nameOf), outputs: this.outputs.map(nameOf) };
    this.#session = session;
  }

  /**
   * Takes a session over, and releases it where it is of no use.
   *
   * @throws GradcamError `unsupported-model` for inputs and outputs that are not tensors
   */
  static async adopt(session: InferenceSession, createTensor: TensorConstructor): Promise<OrtSession> {
    try {
      return new OrtSession(session, createTensor);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>> {
    const session = this.#session;
    if (session === undefined) throw new GradcamError('runtime', 'The session is closed; open the model again to run it.');
    this.#checkNames(feeds, fetches);
    if (fetches?.length === 0) return {};

    const inputs: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrt(this.createTensor, name, tensor);
    let outputs: InferenceSession.ReturnType;
    try {
      outputs = await (fetches === undefined ? session.run(inputs) : session.run(inputs, fetches));
    } catch (error) {
      throw runtimeError('The model could not be run', error);
    }
    const results: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      results[name] = await fromOrt(name, tensor);
      // Frees memory on a device; for tensors in main memory it only drops the runtime's own reference.
      if (tensor.location !== 'cpu') tensor.dispose();
    }
    return results;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }

  /** onnxruntime-node ignores a fed value that the model has no input for, which would hide a misspelt name. */
  #checkNames(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[] | undefined): void {
    const { inputs, outputs } = this.#names;
    const missing = inputs.find((name) => feeds[name] === undefined);
    if (missing !== undefined) throw new GradcamError('runtime', `The model needs its input '${missing}', but it was not fed.`);
    const extra = Object.keys(feeds).find((name) => !inputs.includes(name));
    if (extra !== undefined) throw new GradcamError('runtime', `The model has no input '${extra}'; its inputs are ${list(inputs)}.`);
    const absent = fetches?.find((name) => !outputs.includes(name));
    if (absent !== undefined) throw new GradcamError('runtime', `The model has no output '${absent}'; its outputs are ${list(outputs)}.`);
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `'${name}'`);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}
