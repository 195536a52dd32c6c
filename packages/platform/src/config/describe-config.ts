import { type Environment, readValues } from './read-config.ts';
import { VARIABLES, type VariableName } from './variables.ts';

/** One line of `mlc config`. */
export interface SettingLine {
  readonly variable: VariableName;
  /** The effective value; secrets as `set` or `not set`, passwords in addresses blanked, null when unset. */
  readonly value: string | number | null;
  readonly fallback: string;
  readonly meaning: string;
}

/** An address without the password in it. */
export function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return '(unreadable address)';
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  return url.toString();
}

function shown(name: VariableName, value: unknown): string | number | null {
  const kind = VARIABLES[name].shown;
  if (kind === 'secret') return value === undefined ? 'not set' : 'set';
  if (value === undefined) return null;
  if (typeof value === 'number') return value;
  const parts = Array.isArray(value) ? (value as string[]) : [value as string];
  return parts.map((part) => (kind === 'address' ? withoutPassword(part) : part)).join(',');
}

/** The effective settings for people; no secret in it. @throws ConfigError */
export function describeConfig(env: Environment = process.env, cwd: string = process.cwd()): SettingLine[] {
  const values = readValues(env, cwd);
  return (Object.keys(VARIABLES) as VariableName[]).map((variable) => {
    const { fallback, meaning } = VARIABLES[variable];
    return { variable, value: shown(variable, values[variable]), fallback, meaning };
  });
}
