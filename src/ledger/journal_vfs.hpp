#pragma once

/// SQLite's own way to the disk, but that a transaction goes into the write-ahead log in one piece.
///
/// SQLite writes each page of a transaction by itself, in two calls. A live ledger commits some fifty small pages a
/// hundred times a second, and a third of what that costs are these calls. Here pages wait until the one that commits,
/// which the format marks (sqlite.org/fileformat2.html#walformat): when SQLite goes on after it, everything is with the
/// operating system, as it would be without this. What comes before is nobody's business until then.

namespace ledgram::ledger::sqlite {

/// The name to open connections with. Registers it when it is first asked for; thread-safe. Null, which is SQLite's
/// default, if it cannot be had.
[[nodiscard]] const char* journal_vfs();

}  // namespace ledgram::ledger::sqlite
