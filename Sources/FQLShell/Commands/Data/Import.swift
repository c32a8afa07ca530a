import FQLEngine
import FQLValues

extension Shell {
  /// `.import FILE [COLLECTION]`
  func importFile(_ command: MetaCommand) throws(MetaCommand.Problem) {
    let options = try ImportOptions(command)
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try Files.read(options.path)
    } catch {
      throw MetaCommand.Problem(
        message: "\(options.path): \(error.code == ENOENT ? "no such file" : error.text)", status: ExitStatus.noInput)
    }
    guard let format = RowFormat(path: options.path, bytes: bytes) else {
      throw MetaCommand.Problem(message: "\(options.path) is a script: use .read")
    }
    var job = ImportJob(self, options)
    try job.run(bytes, format)
  }
}

/// An import on its way.
private struct ImportJob {
  private static let rowsInOneTransaction = 1000

  let shell: Shell
  let options: ImportOptions
  private let collection: Expr
  private var waiting: [(row: ImportRow, query: Expr)] = []
  private var imported = 0
  private var failed = 0
  private var isStopped = false
  private let start = Clock.now()
  private var nextProgress: Int64

  init(_ shell: Shell, _ options: ImportOptions) {
    self.shell = shell
    self.options = options
    collection = Expr.object([("collection", Expr(.literal(.string(options.collection))))])
    nextProgress = start + 2_000_000_000
  }

  mutating func run(_ bytes: [UInt8], _ format: RowFormat) throws(MetaCommand.Problem) {
    try makeCollection()
    do throws(RowProblem) {
      var reader = try RowReader(bytes, format)
      while !isStopped, let row = reader.next() { take(row) }
      send()
    } catch {
      fail(ImportRow(line: 1, column: 1, content: .failure(error)), error)
    }
    let duration = Clock.rounded(Clock.now() - start)
    let failures = failed == 0 ? "" : ", \(failed) failed"
    shell.tell("imported \(imported) of \(imported + failed) into \(options.collection)\(failures), \(duration)")
    if failed > 0 || isStopped { throw MetaCommand.Problem(message: "") }
  }

  private func makeCollection() throws(MetaCommand.Problem) {
    let exists = try shell.ask(Expr.object([("exists", collection)]))
    if exists.isTrue { return }
    let params = Expr.object([("object", Expr.object([("name", Expr(.literal(.string(options.collection))))]))])
    _ = try shell.ask(Expr.object([("create_collection", params)]))
    shell.tell("created collection \(options.collection)")
  }

  // MARK: Rows

  private mutating func take(_ row: ImportRow) {
    do throws(RowProblem) {
      waiting.append((row, try creation(of: try row.content.get())))
    } catch {
      fail(row, error)
      if error.isFatal { isStopped = true }
    }
    if waiting.count >= ImportJob.rowsInOneTransaction { send() }
  }

  private mutating func fail(_ row: ImportRow, _ problem: RowProblem) {
    failed += 1
    let place = "\(options.path):\(problem.line ?? row.line):\(problem.column ?? row.column):"
    var report = ErrorReport(styles: shell.notices.styles)
    report.add(message: problem.message, place: place)
    shell.output.flush()
    shell.notices.write(report.text)
    if failed >= options.maximumErrors {
      if !isStopped { shell.tell("stopped after \(failed) errors") }
      isStopped = true
    }
  }

  /// The query that makes a row's document: of an exported document under its own id.
  private func creation(of fields: [(key: String, value: Expr)]) throws(RowProblem) -> Expr {
    var id: Expr?
    var params: [(String, Expr)] = []
    let keys = fields.map(\.key)
    if keys.contains("ref"), keys.contains("data") || keys.contains("ts"),
      let ref = fields.first(where: { $0.key == "ref" })?.value, let found = ImportJob.id(of: ref)
    {
      id = found
      for field in fields where field.key != "ref" && field.key != "ts" {
        params.append((field.key, ImportJob.query(field.value)))
      }
    } else {
      var data: [(String, Expr)] = []
      for field in fields {
        if field.key == options.idField {
          id = try ImportJob.checked(id: field.value, field.key)
        } else {
          data.append((field.key, ImportJob.query(try options.convert(field.value, of: field.key))))
        }
      }
      if let idField = options.idField, id == nil { throw RowProblem(message: "there is no field \(idField)") }
      params = [("data", ImportJob.object(data))]
    }
    let target = id.map { Expr.object([("ref", collection), ("id", $0)]) } ?? collection
    return Expr.object([("create", target), ("params", ImportJob.object(params))])
  }

  private static func checked(id: Expr, _ field: String) throws(RowProblem) -> Expr {
    switch id.kind {
    case .literal(.integer(let number)): return Expr(.literal(.string(String(number))))
    case .literal(.string(let text)) where Int64(text) != nil: return id
    default: throw RowProblem(message: "\(field): not an id")
    }
  }

  private static func id(of ref: Expr) -> Expr? {
    guard case .object(let members) = ref.kind, members.keys == ["@ref"],
      case .object(let inner) = members.values[0].kind
    else { return nil }
    return inner["id"]
  }

  /// JSON as a query that evaluates to it: objects without a tag are wrapped.
  private static func query(_ tree: Expr) -> Expr {
    switch tree.kind {
    case .literal: return tree
    case .array(let elements):
      let elements = elements.map { query($0) }
      let values = elements.compactMap(\.constant)
      return Expr(values.count == elements.count ? .literal(.array(values)) : .array(elements))
    case .object(let members):
      if members.keys.count == 1, members.keys[0].hasPrefix("@") {
        if members.keys[0] == "@obj", case .object(let inner) = members.values[0].kind { return wrapped(inner) }
        return tree
      }
      return wrapped(members)
    }
  }

  private static func wrapped(_ members: Expr.Members) -> Expr {
    object(Array(zip(members.keys, members.values.map { query($0) })))
  }

  /// An object of these fields: plain data, where they are.
  private static func object(_ fields: [(String, Expr)]) -> Expr {
    let values = fields.compactMap { field in field.1.constant.map { Object.Field(field.0, $0) } }
    if values.count == fields.count { return Expr(.literal(.object(Object(values)))) }
    return Expr.object([("object", Expr.object(fields))])
  }

  // MARK: Transactions

  /// Writes the rows that wait; those that fail are left out and reported.
  private mutating func send() {
    while !waiting.isEmpty {
      let query = Expr.object([("do", Expr(.array(waiting.map(\.query))))])
      let response = shell.evaluate(query)
      guard let errors = response.errors, let error = errors.first else {
        imported += waiting.count
        waiting.removeAll(keepingCapacity: true)
        break
      }
      if error.code == .interrupted {
        shell.report([error], nil, of: nil)
        waiting.removeAll()
        isStopped = true
        return
      }
      var place = 0
      if error.position.count > 1, case .index(let index) = error.position[1] { place = min(index, waiting.count - 1) }
      let details = error.failures.map { "; \($0.field.joined(separator: ".")): \($0.code)" }.joined()
      let row = waiting.remove(at: place).row
      fail(row, RowProblem(message: "\(error.code.rawValue): \(error.description)\(details)"))
      // Rows behind the last error that is allowed are not tried; those before it were good.
      if isStopped { waiting.removeLast(max(0, waiting.count - place)) }
    }
    tellProgress()
  }

  /// A plain line every five seconds, from the second second on, where a person looks.
  private mutating func tellProgress() {
    guard Descriptor.standardError.isTerminal, Clock.now() >= nextProgress else { return }
    nextProgress = Clock.now() + 5_000_000_000
    shell.tell("\(imported) imported so far")
  }
}

extension Expr {
  /// The value of plain data.
  fileprivate var constant: Value? {
    if case .literal(let value) = kind { value } else { nil }
  }
}
