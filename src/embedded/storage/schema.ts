// The catalogue's tables and the marks that tell our file from any other SQLite file.

/** "Flcr", in the header of the file. */
export const applicationId = 0x466c6372;
/** Raised when a file of this version could no longer be read by the program before. */
export const schemaVersion = 1;

/**
 * Every collection has a table `documents_<id>` of its own and every index a table `entries_<id>`, so that dropping one
 * costs no scan. AUTOINCREMENT: an open cursor knows its collection by id, which must never name another one later.
 */
export const schema = `
  PRAGMA page_size = 8192;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
  CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    db TEXT NOT NULL,
    name TEXT NOT NULL,
    uuid BLOB NOT NULL,
    UNIQUE (db, name)
  ) STRICT;
  CREATE TABLE indexes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL,
    name TEXT NOT NULL,
    definition BLOB NOT NULL,
    multikey INTEGER NOT NULL DEFAULT 0,
    UNIQUE (collection, name)
  ) STRICT;
`;
