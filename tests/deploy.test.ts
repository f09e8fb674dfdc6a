import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createProgram } from '../packages/cli/src/program.js';
import { QUEUE } from '../packages/cluster/src/queue/queue.js';

/** The examples of deployment name files, flags and limits that live elsewhere: here they are held against them. */
const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const FOLDER = 'deploy/kubernetes';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources: { readonly requests: Readonly<Record<string, string>>; readonly limits: Readonly<Record<string, string>> };
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
}

interface Resource {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly generateName?: string; readonly namespace?: string };
  readonly spec?: {
    readonly template?: { readonly spec: Pod };
    readonly triggers?: readonly { readonly metadata: Readonly<Record<string, string>> }[];
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly resources?: readonly string[];
}

const resources: Resource[] = readdirSync(at(FOLDER)).flatMap((file) =>
  parseAllDocuments(readFileSync(at(`${FOLDER}/${file}`), 'utf8')).map((document) => {
    if (document.errors.length + document.warnings.length > 0)
      throw new Error(`${file}: ${[...document.errors, ...document.warnings].join('; ')}`);
    return { file, ...document.toJS() };
  }),
);
const pods = resources.flatMap(({ file, spec }) => (spec?.template === undefined ? [] : [{ file, pod: spec.template.spec }]));
const ours = pods.flatMap(({ file, pod }) =>
  pod.containers.filter(({ image }) => image.includes('gradcam')).map((container) => ({ file, pod, container })),
);

/** Parses a command as it would be run, and runs nothing. @returns its options */
async function parsed(argv: readonly string[]): Promise<Record<string, unknown>> {
  let said = '';
  const say = (text: string) => {
    said += text;
  };
  const program = createProgram(
    { out: say, note: say, terminal: undefined, input: async () => new Uint8Array(0), lines: async function* () {}, debug: false },
    () => undefined,
  );
  let options: Record<string, unknown> = {};
  for (const command of program.commands)
    command.action(() => {
      options = command.opts();
    });
  await program.parseAsync(argv, { from: 'user' }).catch((error: unknown) => {
    throw new Error(`gradcam ${argv.join(' ')}: ${said || String(error)}`);
  });
  return options;
}

describe('the example for Kubernetes', () => {
  it('is well-formed, and all of it lies in one namespace', () => {
    expect(resources.length).toBeGreaterThan(15);
    for (const { file, apiVersion, kind, metadata } of resources) {
      expect([file, typeof apiVersion, typeof kind]).toEqual([file, 'string', 'string']);
      if (kind === 'Kustomization') continue;
      expect(metadata?.name ?? metadata?.generateName).toMatch(/^[a-z][a-z-]+$/);
      if (kind !== 'Namespace') expect([file, kind, metadata?.namespace]).toEqual([file, kind, 'gradcam']);
    }
  });

  it('is applied as a whole, but for runs and the other autoscaler', () => {
    const listed = resources.find(({ kind }) => kind === 'Kustomization')?.resources ?? [];
    const others = ['kustomization.yaml', 'batch-job.yaml', 'worker-hpa.yaml'];
    expect([...listed, ...others].sort()).toEqual(readdirSync(at(FOLDER)).sort());
  });

  it('runs commands as they are', async () => {
    expect(ours.map(({ container }) => container.args?.[0]).sort()).toEqual(['batch', 'serve', 'worker']);
    for (const { container } of ours) await parsed(container.args ?? []);
    await expect(parsed(['worker', '--queu', 'redis://a'])).rejects.toThrow(/unknown option/);
  });

  it('gives the time that stopping takes', async () => {
    for (const { container, pod } of ours) {
      const options = await parsed(container.args ?? []);
      if (container.args?.[0] === 'worker') {
        // Giving back takes 3 s, a collector that does not answer 5.
        expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(Number(options['grace']) + 10);
        expect(String(options['workers'])).toBe(container.resources.requests['cpu']);
      }
      if (container.args?.[0] === 'serve') expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(options['timeout']) + 10);
    }
  });

  it('has no rights that it does not need, and limits', () => {
    expect(pods.length).toBe(4);
    for (const { file, pod } of pods) {
      expect([file, pod.automountServiceAccountToken]).toEqual([file, false]);
      expect([file, pod.securityContext]).toEqual([
        file,
        expect.objectContaining({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }),
      ]);
      for (const { securityContext, resources } of pod.containers) {
        expect(securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
        expect(resources.limits['memory']).toMatch(/^\d+[MG]i$/);
        expect(resources.requests['cpu']).toBeDefined();
      }
    }
  });

  it('holds no secret', () => {
    for (const { container } of ours)
      for (const { name, value } of container.env ?? [])
        if (/TOKEN|QUEUE|KEY|PASSWORD/.test(name)) expect([name, value]).toEqual([name, undefined]);
    expect(resources.some(({ kind }) => kind === 'Secret')).toBe(false);
  });

  it('scales by the lists that the queue has, which evicts nothing', () => {
    const lists = resources.flatMap(({ spec }) => spec?.triggers ?? []).map(({ metadata }) => metadata['listName']);
    expect(lists).toEqual([`bull:${QUEUE}:wait`, `bull:${QUEUE}:active`]);
    const settings = resources.find(({ kind }) => kind === 'ConfigMap')?.data?.['valkey.conf'] ?? '';
    for (const setting of ['maxmemory-policy noeviction', 'appendonly yes']) expect(settings).toContain(setting);
  });
});

describe('the Dockerfile', () => {
  const text = readFileSync(at('deploy/Dockerfile'), 'utf8');

  it('packs every package', () => {
    const [, packed = ''] = /for package in ([a-z -]+);/.exec(text) ?? [];
    const all = readdirSync(at('packages')).filter((name) => existsSync(at(`packages/${name}/package.json`)));
    expect(packed.trim().split(' ').sort()).toEqual(all.sort());
  });

  it('starts the service where its health is asked, as nobody in particular', async () => {
    const commands = [...text.matchAll(/^CMD (\[.*\])$/gm)].map(([, json = '']) => JSON.parse(json) as string[]);
    expect(commands.map(([first]) => first)).toEqual(['serve', '--help']);
    const { port } = await parsed(commands[0] ?? []);
    for (const place of [`EXPOSE ${port}`, `http://127.0.0.1:${port}/healthz`]) expect(text).toContain(place);
    expect(text).toMatch(/^USER 1000:1000$/m);
  });
});

it('docs/scale.md gives commands that there are', async () => {
  const blocks = [...readFileSync(at('docs/scale.md'), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const commands = blocks.flatMap((block) => [...block.matchAll(/^\s*gradcam (.*)$/gm)].map(([, line = '']) => line));
  expect(commands.length).toBeGreaterThan(3);
  for (const line of commands) {
    const words = line.replace(/\s+(?:#.*|<"\$list")$/, '').split(/\s+/);
    await parsed(words.map((word) => word.replaceAll('"', '')));
  }
});
