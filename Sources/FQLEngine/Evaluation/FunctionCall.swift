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
    let definition = try definition(evaluation)
    guard evaluation.mayCall(definition, argument) else { throw evaluation.denied(self) }
    guard let body = definition.body else { throw failure(.instanceNotFound, "Function not found.") }
    let outer = evaluation.access
    if let role = definition.role {
      evaluation.access = outer.with(try evaluation.transaction.rights(of: role, home: definition.entity.scope))
    }
    defer { evaluation.access = outer }
    do {
      let program = try evaluation.transaction.program(of: body, outer)
      return try evaluation.call(program, body, argument, self)
    } catch {
      if let first = error.errors.first, error.errors.count == 1 {
        switch first.code {
        case .stackOverflow, .interrupted: throw error
        default: break
        }
      }
      throw Failure(
        QueryError(
          .callError, "Calling the function resulted in an error.", position: position, cause: error.errors))
    }
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
