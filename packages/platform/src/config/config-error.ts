/** One thing wrong with one setting. */
export interface ConfigProblem {
  /** The environment variable (or `.env` line) to change. */
  readonly variable: string;
  /** What is wrong with it, and what to do. Never repeats a value: it may be a secret. */
  readonly message: string;
}

/** The configuration cannot be used. Names every problem at once, so that one restart is enough. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map((problem) => `  ${problem.variable}: ${problem.message}`);
    super(
      `the configuration cannot be used:\n${lines.join('\n')}\ndocs/configuration.md describes every variable.`,
    );
    this.problems = problems;
  }
}
