import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { type Config, configFrom } from './config.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { nearestName } from './nearest-name.ts';
import { type Values, VARIABLES, type VariableName } from './variables.ts';

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Ours wherever they stand; a misspelt one must not be passed over in silence. */
const OUR_PREFIX = /^MLC_/;
/** Set by this repository's test run for its own harness. */
const TEST_PREFIX = 'MLC_TEST_';
/** In our own `.env` these can only be meant for us; in the machine's environment they may be somebody else's. */
const OUR_ENV_FILE_PREFIXES = /^(MLC|FRESHBOOKS|GOCARDLESS|PAYPAL|SANDBOX)_/;

const NAMES = Object.keys(VARIABLES) as VariableName[];

/**
 * Reads `.env` of `cwd` and the environment (which wins), checks everything and fills in defaults. An empty value
 * counts as unset.
 * @throws ConfigError naming every variable that is wrong.
 */
export function readConfig(env: Environment = process.env, cwd: string = process.cwd()): Config {
  const terminal = process.stderr.isTTY;
  return configFrom(readValues(env, cwd), { cwd, terminal });
}

/** The checked values by variable name. @throws ConfigError */
export function readValues(env: Environment, cwd: string): Values {
  const file = readEnvFile(cwd);
  const merged = { ...file, ...withoutEmpty(env) };
  const problems = [...unknownNames(env, OUR_PREFIX), ...unknownNames(file, OUR_ENV_FILE_PREFIXES)];
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of NAMES) {
    const read = VARIABLES[name].schema.safeParse(merged[name]);
    if (read.success) values[name] = read.data;
    else problems.push({ variable: name, message: read.error.issues[0]?.message ?? 'cannot be read' });
  }
  problems.push(...conflicts(values as Values, cwd));
  if (problems.length > 0) throw new ConfigError(unique(problems));
  return values as Values;
}

function withoutEmpty(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  );
}

function readEnvFile(cwd: string): Record<string, string> {
  const path = join(cwd, '.env');
  if (!existsSync(path)) return {};
  return withoutEmpty(parse(readFileSync(path)));
}

function unknownNames(env: Environment, ours: RegExp): ConfigProblem[] {
  const unknown = Object.keys(env).filter(
    (name) => ours.test(name) && !name.startsWith(TEST_PREFIX) && !(name in VARIABLES),
  );
  return unknown.map((name) => {
    const near = nearestName(name, NAMES);
    const hint = near === null ? 'unset it' : `did you mean ${near}?`;
    return { variable: name, message: `there is no such setting; ${hint}` };
  });
}

/** What single values cannot show. Values that were wrong by themselves are missing here and pass. */
function conflicts(values: Partial<Values>, cwd: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const needs = (variable: VariableName, partner: VariableName) => {
    if (values[partner] !== undefined && values[variable] === undefined)
      problems.push({ variable, message: `must be set because ${partner} is` });
  };
  needs('FRESHBOOKS_CLIENT_SECRET', 'FRESHBOOKS_CLIENT_ID');
  needs('FRESHBOOKS_CLIENT_ID', 'FRESHBOOKS_CLIENT_SECRET');
  const certificates = values.PAYPAL_CERT_CA_FILE;
  if (certificates !== undefined && !existsSync(resolve(cwd, certificates)))
    problems.push({ variable: 'PAYPAL_CERT_CA_FILE', message: 'names a file that does not exist' });
  return problems;
}

/** One problem a variable: a missing partner may also be a malformed one. */
function unique(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.variable, problem])).values()].reverse();
}
