import FQLSyntax
import FQLValues

/// `Call`: a user function, with its own role if it has one.
final class FunctionCallNode: Node {
  let function: Node
  let arguments: Node?

  init(_ function: Node, arguments: Node?) {
    self.function = function
    self.arguments = arguments
    super.init()
    adopt(function, .key("call"))
    if let arguments { adopt(arguments, .key("arguments")) }
  }

  /// A function that was found, with its code: looked up once a transaction where the name is written out.
  private final class Resolved {
    private unowned let transaction: Transaction
    private let serial: Int
    let definition: FunctionDefinition
    let program: LambdaProgram
    let body: LambdaValue

    init(_ transaction: Transaction, _ definition: FunctionDefinition, _ program: LambdaProgram, _ body: LambdaValue) {
      self.transaction = transaction
      serial = transaction.serial
      self.definition = definition
      self.program = program
      self.body = body
    }

    func isOf(_ transaction: Transaction) -> Bool { self.transaction === transaction && serial == transaction.serial }
  }

  private var resolved: Resolved?

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    var argument = Value.array([])
    if let arguments {
      do {
        argument = try arguments.evaluate(evaluation)
      } catch {
        _ = try definition(evaluation)
        throw error
      }
    }
    if let resolved, resolved.isOf(evaluation.transaction), evaluation.isAdmin {
      return try run(resolved, argument, evaluation)
    }
    let definition = try definition(evaluation)
    guard evaluation.mayCall(definition, argument) else { throw evaluation.denied(self) }
    guard let body = definition.body else { throw failure(.instanceNotFound, "Function not found.") }
    let program: LambdaProgram
    do throws(Failure) {
      program = try evaluation.transaction.program(of: body, evaluation.access)
    } catch {
      throw wrapped(error)
    }
    let found = Resolved(evaluation.transaction, definition, program, body)
    if isConstant { resolved = found }
    return try run(found, argument, evaluation)
  }

  /// Whether the function is named by a literal, or by `Function` of one.
  private var isConstant: Bool {
    if function is LiteralNode { return true }
    guard let constructor = function as? BuiltinNode, constructor.keys.first?.name == "function" else { return false }
    return constructor.arguments.allSatisfy { $0 == nil || $0 is LiteralNode }
  }

  private func run(_ resolved: Resolved, _ argument: Value, _ evaluation: Evaluation) throws(Failure) -> Value {
    do throws(Failure) {
      guard let role = resolved.definition.role else {
        return try evaluation.call(resolved.program, resolved.body, argument, self)
      }
      let outer = evaluation.access
      evaluation.access = outer.inFunction(
        evaluation.transaction.rights(of: role, home: resolved.definition.entity.scope))
      defer { evaluation.access = outer }
      return try evaluation.call(resolved.program, resolved.body, argument, self)
    } catch {
      throw wrapped(error)
    }
  }

  /// An error inside of a function as the cause of the call's; a stack overflow, and what ends the request, stay themselves.
  private func wrapped(_ error: Failure) -> Failure {
    if error.requestError != nil { return error }
    if let first = error.errors.first, error.errors.count == 1 {
      switch first.code {
      case .stackOverflow, .interrupted: return error
      default: break
      }
    }
    return Failure(
      QueryError(
        .callError, "Calling the function resulted in an error.", position: position, cause: error.errors))
  }

  private func definition(_ evaluation: Evaluation) throws(Failure) -> FunctionDefinition {
    let transaction = evaluation.transaction
    let value = try function.evaluate(evaluation)
    let entity: Entity
    switch value {
    case .string(let name): entity = transaction.lookUp(.functions, name, in: nil)
    case .ref(.entity(let found)) where found.native == .functions && !found.isNativeCollection: entity = found
    case .ref(let ref) where !ref.isResolved: throw undefined(ref, at: "call")
    default: throw mismatch("Identifier", value, at: "call")
    }
    if !entity.isResolved { throw undefined(.entity(entity), at: "call") }
    guard let definition = transaction.view(scope: entity.scope).schema.functions[entity.number] else {
      throw failure(.instanceNotFound, "Function not found.", at: "call")
    }
    return definition
  }
}

extension Evaluation {
  /// Runs a function's body; a wrong number of arguments is an error at the call itself.
  func call(
    _ program: LambdaProgram, _ body: LambdaValue, _ argument: Value, _ node: Node
  ) throws(Failure) -> Value {
    try program.apply(argument, captured: body.captured, self, at: node, nil)
  }

  func mayCall(_ definition: FunctionDefinition, _ argument: Value) -> Bool {
    may(.call, definition.entity, argument)
  }
}
