import CLibedit

/// How the C library hands out memory.
enum Memory {
  /// Asks for what suits a program that runs on one thread, and makes and drops large trees of small blocks.
  ///
  /// Otherwise the heap of the thread is enlarged by a few pages at a time, each with a call of the system, and given back as soon as a
  /// query's memory is free, only to be asked for again by the next. Large blocks are the system's own: it enlarges them without
  /// copying.
  static func prepare() {
    fql_memory_set(16 << 20, 256 << 20, 4 << 20)
  }
}
