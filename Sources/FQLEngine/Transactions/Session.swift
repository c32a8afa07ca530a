import FQLStorage
import FQLSyntax
import FQLValues

/// What a query answered.
public struct Response: Sendable {
  public enum Result: Sendable {
    case value(Value)
    case errors([QueryError])
  }

  public let result: Result
  /// The time of the transaction, in microseconds: what pending times in the value stand for.
  public let time: Int64
  /// How much it read and wrote.
  public let counts: TransactionCounts
  /// The same by collection and index; only of a query that was forgotten.
  public var places: [PlaceCounts] = []
  /// Whether it changed what has a name.
  public var changesSchema = false

  public var errors: [QueryError]? {
    if case .errors(let errors) = result { errors } else { nil }
  }
}

/// A connection to a database: which one, and as whom. It runs one query at a time, each as one transaction.
///
/// Evaluation, printing and freeing recurse over what is nested: 200 calls, and values as deep as a query makes them. Use a
/// session on a thread with a deep stack where queries are not your own; the shell takes 1 GiB, of which only what is used counts.
public final class Session {
  public let database: Database
  /// Asks the running query to stop.
  public let interrupt = InterruptFlag()
  /// The secret to authenticate each query with; nil for the start identity.
  public var secret: String?
  /// The names of child databases, from the top, that queries without a secret run in.
  public var path: [String] = []

  let verified = VerifiedSecrets()
  let memory = FrameMemory()
  private let preparedQueries = PreparedQueries()
  /// What transactions were run with that have ended.
  private var idleReading: Evaluation?
  private var idleWriting: Evaluation?

  public init(_ database: Database) {
    self.database = database
  }

  /// Runs a query.
  public func run(_ query: Expr) -> Response {
    run(query, commits: true)
  }

  /// Runs a query and forgets what it wrote.
  public func dryRun(_ query: Expr) -> Response {
    run(query, commits: false)
  }

  /// Runs a statement. The code of one that comes again with other literals is kept.
  public func run(_ statement: Statement) -> Response {
    run(statement, commits: true)
  }

  func run(_ statement: Statement, commits: Bool) -> Response {
    guard let repetition = statement.repetition else { return run(statement.expr, commits: commits) }
    guard let program = preparedQueries.program(for: repetition) else {
      return run(statement.expr, form: repetition.form, commits: commits)
    }
    defer { preparedQueries.clear() }
    return run(program.effect, commits: commits) { _, _ in program }
  }

  private func run(_ query: Expr, form: StatementForm? = nil, commits: Bool) -> Response {
    // What is kept only now does not keep this query's literals either.
    defer { if form != nil { preparedQueries.clear() } }
    return run(query.effect, commits: commits) { (transaction, access) throws(Failure) in
      let collectsLiterals = form != nil && PreparedQueries.isPlain(query)
      let program = try Compiler.compile(query, transaction, access, collectsLiterals: collectsLiterals)
      if let form, !collectsLiterals || !preparedQueries.keep(program, of: query, as: form) { form.drop() }
      return program
    }
  }

  /// Opens a transaction, with what is left of an earlier one where that can be.
  private func begin(_ effect: Effect, commits: Bool) throws(Failure) -> Evaluation {
    if commits {
      var idle: Evaluation?
      if effect == .write { swap(&idle, &idleWriting) } else { swap(&idle, &idleReading) }
      if let idle {
        try idle.restart()
        return idle
      }
    }
    let transaction = try Transaction(
      database, writing: effect == .write, interrupt: interrupt, memory: memory, ledger: commits ? nil : Ledger())
    return Evaluation(transaction: transaction, access: .admin)
  }

  /// Keeps what a later query can begin with.
  private func keep(_ evaluation: inout Evaluation, _ effect: Effect) {
    guard isKnownUniquelyReferenced(&evaluation), evaluation.canRestart() else { return }
    if effect == .write { idleWriting = evaluation } else { idleReading = evaluation }
  }

  /// Runs what a query is compiled to in a transaction.
  private func run(
    _ effect: Effect, commits: Bool, _ compile: (Transaction, Access) throws(Failure) -> QueryProgram
  ) -> Response {
    var time: Int64 = 0
    var counts = TransactionCounts()
    do throws(Failure) {
      var evaluation = try begin(effect, commits: commits)
      time = evaluation.transaction.time
      do throws(Failure) {
        let response = try answer(evaluation, commits: commits, compile)
        keep(&evaluation, effect)
        return response
      } catch {
        counts = evaluation.transaction.counts
        evaluation.transaction.abort()
        throw error
      }
    } catch {
      let errors = error.requestError.map { [$0] } ?? error.errors
      return Response(result: .errors(errors), time: time, counts: counts)
    }
  }

  @inline(__always)
  private func answer(
    _ evaluation: Evaluation, commits: Bool, _ compile: (Transaction, Access) throws(Failure) -> QueryProgram
  ) throws(Failure) -> Response {
    let transaction = evaluation.transaction
    evaluation.access = try transaction.authenticate(secret, path: path, verified)
    let program = try compile(transaction, evaluation.access)
    let value = try evaluation.withFrame(program.slotCount) { () throws(Failure) in
      try program.root.evaluate(evaluation)
    }
    try EngineLimits.check(value)
    let places = transaction.ledger?.summary(transaction) ?? []
    if commits { try transaction.commit() } else { transaction.abort() }
    if commits, transaction.canWrite, database.noteCommit(at: transaction.time) { database.upkeep() }
    return Response(
      result: .value(value), time: transaction.time, counts: transaction.counts, places: places,
      changesSchema: transaction.schemaChanged)
  }
}
