import FQLEngine
import FQLStorage
import FQLSyntax
import FQLValues
#if canImport(Glibc)
  import Glibc
#endif

func serve() {
  let store: any OrderedStore = MemoryStore()
  guard let database = try? Database(store: store, isShared: false) else { return }
  let session = Session(database)
  var out = OutputBuffer()
  func answer(_ expr: Expr) {
    let response = session.run(expr)
    switch response.result {
    case .value(let value):
      out.append("{\"resource\":" as StaticString)
      out.append(wire: value, commitTime: response.time)
      out.append("}\n" as StaticString)
    case .errors(let errors):
      out.append("{\"errors\":" as StaticString)
      out.append(wire: .array(errors.map { dump($0) }))
      out.append("}\n" as StaticString)
    }
    out.withBytes { _ = write(1, $0.baseAddress, $0.count) }
    out.removeAll()
  }
  func dump(_ e: QueryError) -> Value {
    var o = Object()
    o.fields.append(.init("position", .array(e.position.map { s in switch s { case .key(let k): .string(k); case .index(let i): .integer(Int64(i)) } })))
    o.fields.append(.init("code", .string(e.code.rawValue)))
    o.fields.append(.init("description", .string(e.description)))
    if !e.failures.isEmpty { o.fields.append(.init("failures", .array(e.failures.map { .object(["field": .array($0.field.map { .string($0) }), "code": .string($0.code), "description": .string($0.description)]) }))) }
    if !e.cause.isEmpty { o.fields.append(.init("cause", .array(e.cause.map(dump)))) }
    return .object(o)
  }
  var reader = StatementReader(name: "<stdin>")
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    switch reader.next() {
    case .statement(let s, _): answer(s.expr)
    case .command(let line, _, _):
      if line.hasPrefix(".secret") { let t = line.dropFirst(7).drop { $0 == " " }; session.secret = t.isEmpty ? nil : String(t) }
      else if line.hasPrefix(".wire") {
        let json = String(line.dropFirst(5))
        do { answer(try WireReader.read(json)) } catch { print("{\"errors\":[{\"position\":[],\"code\":\"invalid expression\",\"description\":\"Request body is not valid JSON.\"}]}"); fflush(nil) }
      }
    case .needsMore:
      let n = read(0, &chunk, chunk.count)
      if n <= 0 { reader.finish() } else { reader.append(chunk[0..<n]) }
    case .end: return
    case .failure(let d, _): print("{\"errors\":[{\"code\":\"syntax\",\"position\":[],\"description\":\"\(d.text)\"}]}"); fflush(nil)
    }
  }
}

func startThread() {
  var attr = pthread_attr_t()
  pthread_attr_init(&attr)
  pthread_attr_setstacksize(&attr, 1 << 30)
  var thread = pthread_t()
  pthread_create(&thread, &attr, { _ in serve(); return nil }, nil)
  pthread_join(thread, nil)
}
