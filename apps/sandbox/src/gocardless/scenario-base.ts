import { ControlError } from '../control.ts';
import type { Table } from './table.ts';
import type { Row } from './wire.ts';
import type { World } from './world.ts';

/** What every scenario needs: the organisation, its rows by id, and errors a caller can read. */
export class ScenarioBase {
  protected readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  protected row<T extends Row>(table: Table<T>, id: string | undefined): T {
    const row = table.get(id ?? '');
    if (row === undefined)
      throw new ControlError(`the sandbox has no ${id ?? 'such thing: its id is missing'}`);
    return row;
  }

  /** Turns "that step cannot happen" into an answer; gives the row the work was about. */
  protected attempt<T extends Row>(row: T, work: () => void): T {
    try {
      work();
      return row;
    } catch (error) {
      throw error instanceof Error ? new ControlError(error.message, { cause: error }) : error;
    }
  }
}
