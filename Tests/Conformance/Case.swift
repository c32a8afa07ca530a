import FQLStorage
import FQLSyntax
import FQLValues
import Foundation

@testable import FQLEngine
@testable import FQLShell

/// A case of the suite that runs queries.
struct Case: Sendable {
  let id: String
  let steps: [JSON]

  /// The cases of an area that are not contested and have steps.
  static func all(of area: String) throws -> [Case] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let contested = try String(contentsOf: folder.appendingPathComponent("contested.txt"), encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
        $0.split(separator: " ").first.map(String.init)
      }
    let only = ProcessInfo.processInfo.environment["CONFORMANCE_ONLY"]
    return try String(contentsOf: folder.appendingPathComponent("\(area).jsonl"), encoding: .utf8)
      .split(separator: "\n").compactMap { line in
        let json = try JSON(parsing: line)
        guard let id = json["id"]?.string, let steps = json["steps"]?.array, !contested.contains(id) else { return nil }
        if let only, !id.contains(only) { return nil }
        return Case(id: id, steps: steps)
      }
  }

  /// Runs the case in an empty database; what went wrong, or nil.
  func run(on database: Database) -> String? {
    let session = Session(database)
    var saved: [String: JSON] = [:]
    for (number, step) in steps.enumerated() {
      let step = step.substituting(saved)
      let secret = step["secret"]?.string ?? ""
      session.secret = secret.isEmpty ? nil : secret
      let text = step["q"]?.string ?? step["wire"]?.description ?? ""
      let place = "step \(number): "
      let answer: JSON
      do throws(JSON.Problem) {
        answer = try JSON(parsing: ask(session, text, isWire: step["q"] == nil))
      } catch {
        return place + "the answer is no JSON for \(text.prefix(300))"
      }
      if let problem = check(answer, step) { return "\(place)\(problem)\n  for \(text.prefix(300))" }
      for case (let name, .array(let path)) in step["save"]?.members ?? [] {
        var value = answer["resource"]
        for key in path { value = value?[step: key] }
        guard let value else { return "\(place)nothing to save at \(path)" }
        saved[name] = value
      }
    }
    return nil
  }

  private func ask(_ session: Session, _ text: String, isWire: Bool) -> String {
    var answer = OutputBuffer()
    do {
      if isWire {
        answer.append(response: session.run(try WireReader.read(text)))
      } else {
        for statement in try Script(parsing: text).statements {
          answer = OutputBuffer()
          answer.append(response: session.run(statement.expr))
        }
      }
    } catch let error as WireError {
      answer.append(errors: [QueryError(error)])
    } catch let diagnostic as Diagnostic {
      answer.append(errors: [QueryError(diagnostic)])
    } catch {
      return "\(error)"
    }
    return answer.string
  }

  /// What is wrong with an answer to a step.
  private func check(_ answer: JSON, _ step: JSON) -> String? {
    let errors = answer["errors"]?.array ?? []
    if step["error"] != nil || step["errors"] != nil {
      guard !errors.isEmpty else { return "expected an error, got \(answer["resource"]?.short ?? "nothing")" }
      let wanted = step["errors"]?.array ?? step["error"].map { [$0] } ?? []
      if step["errors"] != nil, errors.count != wanted.count {
        return "expected \(wanted.count) errors, got \(JSON.array(errors).short)"
      }
      for (wanted, got) in zip(wanted, errors) {
        if let problem = wanted.errorMismatch(got) { return problem }
      }
      return nil
    }
    if let error = errors.first { return "unexpected error \(error.short)" }
    guard let resource = answer["resource"] else { return "no resource in \(answer.short)" }
    return step["ok"].flatMap { $0.mismatch(resource) }
  }
}

extension JSON {
  fileprivate var members: [(key: String, value: JSON)]? {
    if case .object(let members) = self { members } else { nil }
  }

  fileprivate subscript(step step: JSON) -> JSON? {
    switch (self, step) {
    case (.object, .string(let key)): self[key]
    case (.array(let array), .integer(let index)) where array.indices.contains(Int(index)): array[Int(index)]
    default: nil
    }
  }
}
