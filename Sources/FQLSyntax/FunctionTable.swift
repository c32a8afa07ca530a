/// What an expression does to the database, at most.
public enum Effect: Int, Sendable, Comparable {
  case pure, read, write

  public static func < (a: Effect, b: Effect) -> Bool { a.rawValue < b.rawValue }
}

/// What an argument's value is cast to before the function sees it.
public enum ArgumentKind: Sendable {
  case any, scalar, string, number, integer, boolean, null, object, array
  case ref, set, refOrSet, setOrArray, iterable, collection, database, nullableDatabase
  case time, temporal, timeUnit, path, regex, action, normalizer, cursor
  /// A reference or set that need not exist.
  case anyRefOrSet
  /// A name or a reference: of anything, of a function, of an index.
  case identifier, function, index
  /// A term of an index: anything but an unresolved reference.
  case indexTerm
  /// A lambda, written out in that place.
  case lambda
  /// An expression that is evaluated only when it is needed.
  case lazy
  /// Part of the form's own syntax; never evaluated as an argument.
  case literal
}

/// The functions and forms of the language.
public enum FunctionTable {
  public struct Key: Sendable {
    /// How many values the argument holds.
    public enum Multiplicity: Sendable {
      case one
      /// One value bare, or an array of them.
      case zeroOrMore, oneOrMore
    }

    /// What is sent where the text gives no argument.
    public enum Absent: Sendable {
      case required
      /// Nothing; a literal `null` counts as absent.
      case omittedOrNull
      /// Nothing; a literal `null` is sent.
      case omitted
      /// `null`.
      case null
    }

    /// The key on the wire.
    public let name: String
    public let kind: ArgumentKind
    public let multiplicity: Multiplicity
    /// The place of the text argument that it carries; nil for keys that only the wire has.
    public let parameter: Int?
    public let absent: Absent
    /// True where the key may be left out on the wire.
    public let isOptional: Bool

    init(
      _ name: String, _ kind: ArgumentKind, _ multiplicity: Multiplicity = .one, from parameter: Int? = nil,
      absent: Absent = .required, optional: Bool = false
    ) {
      self.name = name
      self.kind = kind
      self.multiplicity = multiplicity
      self.parameter = parameter
      self.absent = absent
      isOptional = optional
    }
  }

  /// How the arguments of the last parameter are sent.
  public enum Variadic: Sendable {
    case none
    /// One bare, otherwise an array.
    case bareWhenOne
    /// An array always.
    case array
  }

  /// What is particular to the way a call is written.
  enum Syntax {
    case ordinary, bytes, lambda, `let`, object, paginate, ref

    init(_ name: String) {
      self =
        switch name {
        case "Bytes": .bytes
        case "Lambda": .lambda
        case "Let": .let
        case "Object": .object
        case "Paginate": .paginate
        case "Ref": .ref
        default: .ordinary
        }
    }
  }

  /// One function.
  public final class Entry: Sendable {
    /// The name in text; empty for a form that only the wire has.
    public let name: String
    public let signature: String
    public let parameters: [String]
    public let minimum: Int
    /// The largest number of arguments; nil for any number.
    public let maximum: Int?
    /// True where further arguments are accepted and ignored.
    public let ignoresExtra: Bool
    public let variadic: Variadic
    /// The wire keys in declared order; the first one names the form.
    public let keys: [Key]
    /// The names of all keys, shared by the trees that have them all.
    public let keyNames: [String]
    /// Keys of the trailing options object.
    public let options: [String]
    /// The function's own effect; an expression's is the highest of all its parts.
    public let effect: Effect
    public let isDeprecated: Bool
    public let summary: String
    let syntax: Syntax
    /// True where a literal `null` may count as no argument.
    let dropsNull: Bool
    /// The wire keys for each number of arguments that are sent one by one as they stand, and none besides.
    private let plainKeys: [[String]?]

    init(
      _ name: String, _ signature: String, _ parameters: [String], _ minimum: Int, _ maximum: Int?, keys: [Key],
      effect: Effect, ignoresExtra: Bool = false, variadic: Variadic = .none, deprecated: Bool = false,
      options: [String] = [], summary: String
    ) {
      self.name = name
      self.signature = signature
      self.parameters = parameters
      self.minimum = minimum
      self.maximum = maximum
      self.keys = keys
      keyNames = keys.map(\.name)
      self.effect = effect
      self.ignoresExtra = ignoresExtra
      self.variadic = variadic
      self.options = options
      isDeprecated = deprecated
      self.summary = summary
      syntax = Syntax(name)
      dropsNull = keys.contains { if case .omittedOrNull = $0.absent { true } else { false } }
      let isPlain = variadic == .none && (syntax == .ordinary || syntax == .ref)
      plainKeys =
        isPlain
        ? Entry.plainKeys(keys, keyNames, syntax == .ref ? 2 : minimum, min(maximum ?? .max, parameters.count)) : []
    }

    /// The names of the keys for each number of arguments that become members one by one; nil where the number is too small, or some
    /// key is sent besides.
    private static func plainKeys(_ keys: [Key], _ names: [String], _ minimum: Int, _ maximum: Int) -> [[String]?] {
      var result: [[String]?] = []
      for count in 0...maximum {
        guard count <= keys.count, count == 0 || keys[count - 1].parameter == count - 1 else { break }
        let sendsMore = keys[count...].contains { key in
          if case .null = key.absent { return true }
          return key.parameter.map { $0 < count } ?? false
        }
        let isPlain = count >= minimum && !sendsMore
        result.append(isPlain ? count == keys.count ? names : Array(names[..<count]) : nil)
      }
      return result
    }

    /// The keys of a call with that number of arguments, where each argument becomes a member as it stands; nil where there is more
    /// to it.
    @inline(__always)
    func plainKeys(_ count: Int) -> [String]? { count < plainKeys.count ? plainKeys[count] : nil }

    /// The key that names the form on the wire.
    public var wireName: String { keys[0].name }
  }

  /// A heading of the reference and the functions under it.
  public struct Category: Sendable {
    public let title: String
    public let entries: [Entry]
  }

  public static let categories: [Category] = [
    Category(title: "Basics", entries: basic),
    Category(title: "Logic", entries: logical),
    Category(title: "Objects", entries: objects),
    Category(title: "Arrays and pages", entries: collections),
    Category(title: "Sets", entries: sets),
    Category(title: "Reading", entries: reading),
    Category(title: "Writing", entries: writing),
    Category(title: "References", entries: references),
    Category(title: "Databases", entries: databases),
    Category(title: "Access", entries: access),
    Category(title: "Strings", entries: strings),
    Category(title: "Numbers", entries: numbers),
    Category(title: "Times and dates", entries: times),
    Category(title: "Conversions", entries: conversions),
    Category(title: "Type checks", entries: typeChecks),
  ]

  /// Every function and form; an entry's place here is its number in a tree (`Expr.Members.function`).
  public static let entries: [Entry] = categories.flatMap(\.entries) + wireOnly

  private static let numbersByName = WordTable(entries.map(\.name))

  private static let numbersByKey: [String: [Int]] = {
    var table: [String: [Int]] = [:]
    for (i, entry) in entries.enumerated() { table[entry.wireName, default: []].append(i) }
    return table
  }()

  /// The number of the function with that name in text.
  public static func number(named name: String) -> Int? { numbersByName[name] }

  /// The number of the function that a token names.
  static func number(of token: Token, in lexer: Lexer) -> Int? {
    numbersByName.number(in: lexer.bytes, from: token.start, to: token.end)
  }

  /// The function with that name in text.
  public static func entry(named name: String) -> Entry? { numbersByName[name].map { entries[$0] } }

  /// The number of the form whose keys these are, in any order: all that it requires and none that it does not know.
  public static func number(forKeys keys: [String]) -> Int? {
    for key in keys {
      for number in numbersByKey[key] ?? [] where accepts(keys, entries[number]) { return number }
    }
    return nil
  }

  private static func accepts(_ keys: [String], _ entry: Entry) -> Bool {
    guard keys.allSatisfy({ key in entry.keys.contains { $0.name == key } }) else { return false }
    return entry.keys.allSatisfy { $0.isOptional || keys.contains($0.name) }
  }
}
