/**
 * Which entities a session sees: those in the cells of a square grid that meet the circle about its first entity. Kept up to date by
 * difference, once before each patch: only entities that changed cell and cells that a circle came to or left touch a view.
 */
export class Neighbourhoods {
  #size;
  #cellSize;
  #radius;
  #cells;
  #entities = [];
  #sessions = new Set();

  constructor({ sizeMetres, cellMetres, radiusMetres }) {
    this.#cellSize = cellMetres * 1000;
    this.#radius = radiusMetres * 1000;
    this.#size = Math.ceil(sizeMetres / cellMetres);
    this.#cells = Array.from({ length: this.#size * this.#size }, () => ({ entities: new Set(), watchers: new Set() }));
  }

  addEntity(entity) {
    const cell = this.#cellOf(entity);
    this.#entities.push({ entity, cell });
    cell.entities.add(entity);
    for (const session of cell.watchers) {
      session.view.add(entity);
    }
  }

  addSession(view, centre) {
    const session = { view, centre, open: new Set() };
    this.#sessions.add(session);
    this.#reopen(session);
    return session;
  }

  removeSession(session) {
    for (const cell of session.open) {
      cell.watchers.delete(session);
    }
    this.#sessions.delete(session);
  }

  update() {
    for (const placed of this.#entities) {
      const to = this.#cellOf(placed.entity);
      if (to !== placed.cell) {
        this.#move(placed.entity, placed.cell, to);
        placed.cell = to;
      }
    }
    for (const session of this.#sessions) {
      this.#reopen(session);
    }
  }

  /** What a session ought to see now, from the positions alone: it is what its view is checked against. */
  expected(session) {
    const open = new Set(this.#cellsAbout(session.centre));
    return this.#entities.map(({ entity }) => entity).filter((entity) => open.has(this.#cellOf(entity)));
  }

  #move(entity, from, to) {
    from.entities.delete(entity);
    to.entities.add(entity);
    for (const session of from.watchers) {
      if (!session.open.has(to)) {
        session.view.remove(entity);
      }
    }
    for (const session of to.watchers) {
      if (!session.open.has(from)) {
        session.view.add(entity);
      }
    }
  }

  #reopen(session) {
    const open = this.#cellsAbout(session.centre);
    if (open.length === session.open.size && open.every((cell) => session.open.has(cell))) {
      return;
    }
    const opened = open.filter((cell) => !session.open.has(cell));
    const kept = new Set(open);
    for (const cell of session.open) {
      if (!kept.has(cell)) {
        cell.watchers.delete(session);
        cell.entities.forEach((entity) => session.view.remove(entity));
      }
    }
    for (const cell of opened) {
      cell.watchers.add(session);
      cell.entities.forEach((entity) => session.view.add(entity));
    }
    session.open = kept;
  }

  #cellOf({ x, z }) {
    return this.#cells[this.#line(z) * this.#size + this.#line(x)];
  }

  #cellsAbout({ x, z }) {
    const cells = [];
    const last = this.#line(z + this.#radius);
    for (let row = this.#line(z - this.#radius); row <= last; row++) {
      const dz = this.#beyond(z, row);
      const lastColumn = this.#line(x + this.#radius);
      for (let column = this.#line(x - this.#radius); column <= lastColumn; column++) {
        const dx = this.#beyond(x, column);
        if (dx * dx + dz * dz <= this.#radius * this.#radius) {
          cells.push(this.#cells[row * this.#size + column]);
        }
      }
    }
    return cells;
  }

  /** The row or column of a coordinate; what lies outside belongs to the outermost one. */
  #line(millimetres) {
    return Math.min(Math.max(Math.floor(millimetres / this.#cellSize), 0), this.#size - 1);
  }

  /** How far a coordinate is from the nearest point of a row or column. */
  #beyond(millimetres, line) {
    const low = line * this.#cellSize;
    return Math.max(low - millimetres, millimetres - (low + this.#cellSize), 0);
  }
}
