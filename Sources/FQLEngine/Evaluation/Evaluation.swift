import FQLStorage
import FQLSyntax
import FQLValues

/// The state of one running query.
final class Evaluation {
  private(set) var transaction: Transaction
  /// The variables of the running query, function or lambda.
  var frame: UnsafeMutablePointer<Value>
  /// How many lambdas and functions are being applied, one in another.
  var depth = 0
  /// The time that `At` set for reads; nil for the present.
  var readTime: Int64?
  /// Whose rights count.
  var access: Access
  /// What may be done here, and the words for where this is.
  var limit: EffectLimit?

  /// The largest number of lambdas and functions that may be applied one in another.
  static let maximumDepth = 200

  init(transaction: Transaction, access: Access) {
    self.transaction = transaction
    self.access = access
    frame = transaction.memory.base
  }

  /// Whether another query can be evaluated with this.
  func canRestart() -> Bool { isKnownUniquelyReferenced(&transaction) && transaction.canRestart }

  /// Begins another query.
  func restart() throws(Failure) {
    try transaction.restart()
    depth = 0
    readTime = nil
    access = .admin
    limit = nil
  }

  /// Applies a lambda value.
  func apply(_ lambda: LambdaValue, _ argument: Value, at node: Node, _ key: String?) throws(Failure) -> Value {
    let program = try transaction.program(of: lambda, access)
    return try program.apply(argument, captured: lambda.captured, self, at: node, key)
  }

  /// The time of the transaction's snapshot: what `Now()` answers.
  var now: Time { Time(microseconds: transaction.time) }

  /// Runs `body` with a fresh frame of `slots` variables.
  @inline(__always)
  func withFrame<R>(_ slots: Int, _ body: () throws(Failure) -> R) throws(Failure) -> R {
    if slots == 0 { return try body() }
    let outer = frame
    frame = transaction.memory.push(slots)
    defer {
      transaction.memory.pop(frame, slots)
      frame = outer
    }
    return try body()
  }

  /// Enters a lambda or function; the caller leaves it with `depth -= 1`.
  @inline(__always)
  func enter(_ node: Node, at key: String? = nil) throws(Failure) {
    if depth >= Evaluation.maximumDepth {
      throw node.failure(.stackOverflow, "Call stack reached the maximum limit of 200.", at: key)
    }
    if transaction.isInterrupted { throw Failure(QueryError(.interrupted, "interrupted; nothing was committed")) }
    depth += 1
  }
}

/// A limit on what a part of a query may do.
struct EffectLimit {
  var allowed: Effect
  /// The words for the place: "auth predicates".
  var place: String
}

/// The memory of variables: frames one behind the other; and buffers. A session keeps it from query to query.
final class FrameMemory {
  /// Where versions of documents are encoded.
  var buffer = ByteBuffer(capacity: 1024)
  /// Where what is given for a document is encoded that is not at hand so.
  var changes = ByteBuffer()
  /// Where the keys of the index entries are made that an old version has, and a new one.
  var oldKey = ByteBuffer()
  var newKey = ByteBuffer()

  let base: UnsafeMutablePointer<Value>
  private var used = 0
  private static let capacity = 1 << 12

  init() {
    base = .allocate(capacity: FrameMemory.capacity)
  }

  deinit { base.deallocate() }

  func push(_ slots: Int) -> UnsafeMutablePointer<Value> {
    let frame: UnsafeMutablePointer<Value>
    if used + slots <= FrameMemory.capacity {
      frame = base + used
      used += slots
    } else {
      frame = .allocate(capacity: slots)
    }
    frame.initialize(repeating: .null, count: slots)
    return frame
  }

  func pop(_ frame: UnsafeMutablePointer<Value>, _ slots: Int) {
    frame.deinitialize(count: slots)
    if frame >= base, frame < base + FrameMemory.capacity {
      used -= slots
    } else {
      frame.deallocate()
    }
  }
}
