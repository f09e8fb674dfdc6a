import { DEFAULT_LIMITS } from '@gradcam/server/limits';
import { Option } from 'commander';
import {
  layerOption,
  METHODS,
  notEmpty,
  oneMethod,
  type QuestionFlags,
  questionOptions,
  repeatable,
  runOptions,
  settingOptions,
  wholeNumber,
} from '../../options.js';
import type { AddCommand } from '../add.js';
import type { SetupFlags } from '../explain/setup.js';

/** The options of `gradcam serve` as Commander gives them. */
export interface ServeFlags extends Omit<SetupFlags, 'model' | 'class' | 'smooth' | keyof QuestionFlags>, Pick<QuestionFlags, 'target'> {
  readonly model: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly workers?: number;
  readonly maxBatch: number;
  readonly queue: number;
  readonly timeout: number;
  readonly maxBody: number;
  readonly maxPixels: number;
}

/** The environment variable that holds the token: a command line is seen by everybody on the machine. */
export const TOKEN = 'GRADCAM_TOKEN';

const MAX_PORT = 65_535;
const MAX_WORKERS = 1024;
const MEGA = 1_000_000;

const EXAMPLES = `
Examples:
  $ gradcam serve                                            the bundled model, at http://127.0.0.1:7412/
  $ gradcam serve --model birds=birds.onnx --model resnet18  two models, under these names
  $ ${TOKEN}=$(openssl rand -hex 32) gradcam serve --host 0.0.0.0 --model net.onnx
      for other machines, which must send the token: Authorization: Bearer ...

Then, from another terminal:
  $ curl -F image=@photo.jpg http://127.0.0.1:7412/v1/explain
      JSON: what the network sees, and the heatmap as numbers
  $ curl -F image=@photo.jpg -F classes=truck -H 'Accept: image/png' http://127.0.0.1:7412/v1/explain --output truck.png
      the overlay of one class; image/jpeg, image/webp; application/x-npy is the heatmap, float32 [h, w]
  $ curl http://127.0.0.1:7412/openapi.json                  all that can be asked

POST /v1/explain takes a form, or JSON: {"image": "...base64...", "classes": [281, "truck"], "model": "birds"}; POST /v1/models/NAME:explain and :predict
are KServe's protocol, {"instances": [{"b64": "..."}]}. GET /v1/models lists the models, /healthz and /metrics (Prometheus) are for who watches over it.

Pictures that come at once share runs of the network. Who comes when the queue is full gets 429, who waits too long 504; errors are problem JSON with a
code. Addresses in requests are never fetched. SIGTERM and Ctrl-C: what has begun is answered, then it ends.`;

/** `gradcam serve` */
export const serveCommand: AddCommand = (program, io) => {
  const command = program
    .command('serve')
    .summary('explain pictures over HTTP')
    .description("Serves explanations over HTTP: pictures in, JSON, overlays or arrays out; several models; KServe's explainer protocol.")
    .addOption(
      new Option('-m, --model <name=model>', 'a model under a name, or its path or name in the zoo alone; repeatable')
        .argParser(repeatable)
        .default([], 'the bundled model'),
    )
    .addOption(new Option('--port <n>', 'port to listen on').argParser(wholeNumber(0, MAX_PORT)).default(7412))
    .addOption(
      new Option('--host <address>', 'address to listen on; 0.0.0.0 for other machines, too')
        .argParser(notEmpty)
        .default('127.0.0.1', '127.0.0.1, for this machine alone'),
    )
    .addOption(
      new Option('--method <name>', `methods that requests choose from, the first where they do not; repeatable: ${METHODS.join(', ')}`)
        .argParser((value: string, previous: readonly string[] = []) => [...previous, oneMethod(value)])
        .default([], 'gradcam'),
    )
    .addOption(layerOption());
  for (const option of questionOptions()) if (option.long === '--target') command.addOption(option);
  command
    .addOption(
      new Option('--workers <n>', 'networks of each model, in threads (default: the cores, shared by the models)').argParser(
        wholeNumber(1, MAX_WORKERS),
      ),
    )
    .addOption(
      count('--max-batch <n>', 'pictures that share a run of the network, where the model can take them', 1024, DEFAULT_LIMITS.batch),
    )
    .addOption(count('--queue <n>', 'pictures that wait or are worked on; those who come then get 429', 100_000, DEFAULT_LIMITS.queue))
    .addOption(count('--timeout <seconds>', 'time for an answer; then it is given up: 504', 3600, DEFAULT_LIMITS.seconds))
    .addOption(count('--max-body <MB>', 'size of a request; larger ones get 413', 1000, DEFAULT_LIMITS.body / MEGA))
    .addOption(count('--max-pixels <millions>', 'size of a picture; larger ones get 413', 150, DEFAULT_LIMITS.pixels / MEGA))
    .option('--labels <file>', 'names of the classes, one a line; with one model', notEmpty)
    .option('--preprocess <name|file.json>', "how pictures become the network's input: a preset or a description", notEmpty);
  for (const option of [...settingOptions(), ...runOptions()]) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action(async (flags: ServeFlags) => {
    const { serveModels } = await import('./serve.js');
    await serveModels(flags, io);
  });
};

function count(flags: string, what: string, most: number, usual: number): Option {
  return new Option(flags, what).argParser(wholeNumber(1, most)).default(usual);
}
