import FQLStorage
import FQLValues

@testable import FQLEngine

/// Calls a function's implementation with arguments that are already cast; an error is answered as its texts.
enum Functions {
  struct Refusal: Error, Equatable {
    var errors: [String]
  }

  /// Arguments left out at the end are absent.
  static func call(_ name: String, _ arguments: Value?...) -> Result<Value, Refusal> {
    guard let builtin = Builtins.table[name] else { return .failure(Refusal(errors: ["no function \(name)"])) }
    do {
      let database = try Database(store: MemoryStore(), isShared: false)
      let transaction = try Transaction(
        database, writing: false, interrupt: InterruptFlag(), memory: FrameMemory())
      defer { transaction.abort() }
      let access = try transaction.authenticate(nil, path: [], VerifiedSecrets())
      let evaluation = Evaluation(transaction: transaction, access: access)
      let call = Call(node: LiteralNode(.null), evaluation: evaluation)
      let first = arguments.first ?? .null
      switch builtin {
      case .unary(let function): return .success(try function(first ?? .null, call))
      case .binary(let function):
        return .success(try function(first ?? .null, arguments.count > 1 ? arguments[1] : nil, call))
      case .variadic(let function): return .success(try function(arguments, call))
      }
    } catch let failure as Failure {
      return .failure(Refusal(errors: failure.errors.map(text)))
    } catch {
      return .failure(Refusal(errors: ["\(error)"]))
    }
  }

  private static func text(_ error: QueryError) -> String {
    let position = error.position.map { step in
      switch step {
      case .key(let key): key
      case .index(let index): String(index)
      }
    }
    return (position.isEmpty ? "" : position.joined(separator: ".") + ": ") + error.description
  }

  /// The answer as text that tells types apart: `1`, `1.0`, `"a"`, `[1, "b"]`; an error as `! its text`.
  static func show(_ result: Result<Value, Refusal>) -> String {
    switch result {
    case .success(let value): show(value)
    case .failure(let refusal): "! " + refusal.errors.joined(separator: " ! ")
    }
  }

  static func show(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .boolean(let boolean): String(boolean)
    case .integer(let integer): String(integer)
    case .double(let double): double.wireText
    case .string(let string): "\"" + string + "\""
    case .array(let array): "[" + array.map(show).joined(separator: ", ") + "]"
    case .object(let object):
      "{" + object.fields.map { "\($0.key): \(show($0.value))" }.joined(separator: ", ") + "}"
    default: value.typeName
    }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(arrayLiteral elements: Value...) { self = .array(elements) }
}
