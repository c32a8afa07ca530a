// The function table: the single source for every function of the language. What it says is read by the parser, the wire decoder,
// the compiler, completion, the printed reference and the tests.

extension FunctionTable {
  static let references: [Entry] = [
    Entry(
      "Ref", "Ref(collection, id)", ["collection", "id"], 1, 2,
      keys: [Key("ref", .any, from: 0), Key("id", .any, from: 1), Key("scope", .database, optional: true)],
      effect: .pure,
      summary:
        "Builds the reference of a document from its collection (or native collection) and its id; with one argument, a literal reference taken from a path string."
    ),
    Entry(
      "Index", "Index(name, [scope])", ["name", "scope"], 1, 2,
      keys: [Key("index", .string, from: 0), Key("scope", .database, from: 1, absent: .omitted, optional: true)],
      effect: .pure,
      summary: "Reference of an index."),
    Entry(
      "Class", "Class(name, [scope])", ["name", "scope"], 1, 2,
      keys: [Key("class", .string, from: 0), Key("scope", .database, from: 1, absent: .omitted, optional: true)],
      effect: .pure, deprecated: true,
      summary: "Old name of Collection."),
    Entry(
      "Collection", "Collection(name, [scope])", ["name", "scope"], 1, 2,
      keys: [Key("collection", .string, from: 0), Key("scope", .database, from: 1, absent: .omitted, optional: true)],
      effect: .pure,
      summary: "Reference of a collection."),
    Entry(
      "Function", "Function(name, [scope])", ["name", "scope"], 1, 2,
      keys: [Key("function", .string, from: 0), Key("scope", .database, from: 1, absent: .omitted, optional: true)],
      effect: .pure,
      summary: "Reference of a user-defined function."),
    Entry(
      "Classes", "Classes([scope])", ["scope"], 0, 1,
      keys: [Key("classes", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure, deprecated: true,
      summary: "Old name of Collections."),
    Entry(
      "Collections", "Collections([scope])", ["scope"], 0, 1,
      keys: [Key("collections", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of collections."),
    Entry(
      "Indexes", "Indexes([scope])", ["scope"], 0, 1,
      keys: [Key("indexes", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of indexes."),
    Entry(
      "Functions", "Functions([scope])", ["scope"], 0, 1,
      keys: [Key("functions", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of user-defined functions."),
  ]

  static let basic: [Entry] = [
    Entry(
      "Bytes", "Bytes(base64)", ["base64"], 1, 1,
      keys: [Key("@bytes", .literal, from: 0)],
      effect: .pure,
      summary: "Byte-array literal from base64 text."),
    Entry(
      "Abort", "Abort(msg)", ["msg"], 1, 1,
      keys: [Key("abort", .string, from: 0)],
      effect: .pure,
      summary: "Ends the transaction with the code \"transaction aborted\" and the given text."),
    Entry(
      "At", "At(timestamp, expr)", ["timestamp", "expr"], 2, 2,
      keys: [Key("at", .time, from: 0), Key("expr", .any, from: 1)],
      effect: .pure,
      summary: "Evaluates the expression reading data as of an earlier time."),
    Entry(
      "Let", "Let(bindings, in)", ["bindings", "in"], 2, 2,
      keys: [Key("let", .literal, from: 0), Key("in", .any, from: 1)],
      effect: .pure,
      summary: "Binds names one after another, each visible to the later ones, and evaluates the body with them."),
    Entry(
      "Var", "Var(name)", ["name"], 1, 1,
      keys: [Key("var", .literal, from: 0)],
      effect: .pure,
      summary: "Value of a variable bound by Let or Lambda."),
    Entry(
      "Do", "Do(...exprs)", ["exprs"], 1, nil,
      keys: [Key("do", .literal, from: 0)],
      effect: .pure, variadic: .array,
      summary: "Evaluates expressions in order and returns the last one's value."),
    Entry(
      "Object", "Object(fields)", ["fields"], 1, 1,
      keys: [Key("object", .literal, from: 0)],
      effect: .pure,
      summary: "Object literal whose field values are expressions; same as writing the braces alone."),
    Entry(
      "Lambda", "Lambda(params, expr)", ["params", "expr"], 1, 2,
      keys: [Key("lambda", .literal, from: 0), Key("expr", .any, from: 1)],
      effect: .pure,
      summary: "Anonymous function of one name, or of an array of names matched against an array argument."),
    Entry(
      "Call", "Call(function, ...arguments)", ["function", "arguments"], 1, nil,
      keys: [Key("call", .function, from: 0), Key("arguments", .any, from: 1, optional: true)],
      effect: .write, variadic: .bareWhenOne,
      summary: "Calls a user-defined function with the given arguments."),
    Entry(
      "Query", "Query(lambda)", ["lambda"], 1, 1,
      keys: [Key("query", .lambda, from: 0)],
      effect: .pure,
      summary: "Turns a lambda into a storable value of type query instead of running it."),
    Entry(
      "NextId", "NextId()", [], 0, 0,
      keys: [Key("next_id", .null, absent: .null)],
      effect: .write, deprecated: true,
      summary: "Old name of NewId."),
    Entry(
      "NewId", "NewId()", [], 0, 0,
      keys: [Key("new_id", .null, absent: .null)],
      effect: .write,
      summary: "A new unique id, as a string."),
  ]

  static let logical: [Entry] = [
    Entry(
      "If", "If(condition, then, else)", ["condition", "then", "else"], 3, 3,
      keys: [Key("if", .boolean, from: 0), Key("then", .any, from: 1), Key("else", .any, from: 2)],
      effect: .pure,
      summary: "Evaluates one of two branches according to a boolean."),
    Entry(
      "Equals", "Equals(...values)", ["values"], 1, nil,
      keys: [Key("equals", .any, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "True when all values are equal."),
    Entry(
      "LT", "LT(...values)", ["values"], 1, nil,
      keys: [Key("lt", .any, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "True when each value is less than the next."),
    Entry(
      "LTE", "LTE(...values)", ["values"], 1, nil,
      keys: [Key("lte", .any, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "True when no value is greater than the next."),
    Entry(
      "GT", "GT(...values)", ["values"], 1, nil,
      keys: [Key("gt", .any, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "True when each value is greater than the next."),
    Entry(
      "GTE", "GTE(...values)", ["values"], 1, nil,
      keys: [Key("gte", .any, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "True when no value is less than the next."),
    Entry(
      "And", "And(...booleans)", ["booleans"], 1, nil,
      keys: [Key("and", .literal, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "True when all are true; stops at the first false."),
    Entry(
      "Or", "Or(...booleans)", ["booleans"], 1, nil,
      keys: [Key("or", .literal, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "True when one is true; stops at the first true."),
    Entry(
      "Not", "Not(boolean)", ["boolean"], 1, 1,
      keys: [Key("not", .boolean, from: 0)],
      effect: .pure,
      summary: "Negation."),
  ]

  static let collections: [Entry] = [
    Entry(
      "Map", "Map(collection, lambda)", ["collection", "lambda"], 2, 2,
      keys: [Key("map", .lambda, from: 1), Key("collection", .iterable, from: 0)],
      effect: .pure,
      summary: "Applies a lambda to every element of an array or page (or, lazily, of a set) and returns the results."),
    Entry(
      "Foreach", "Foreach(collection, lambda)", ["collection", "lambda"], 2, 2,
      keys: [Key("foreach", .lambda, from: 1), Key("collection", .iterable, from: 0)],
      effect: .pure,
      summary: "Applies a lambda to every element for its side effects and returns the input unchanged."),
    Entry(
      "Filter", "Filter(collection, lambda)", ["collection", "lambda"], 2, 2,
      keys: [Key("filter", .lambda, from: 1), Key("collection", .iterable, from: 0)],
      effect: .pure,
      summary: "Keeps the elements of an array, page or set for which the lambda is true."),
    Entry(
      "Take", "Take(number, collection)", ["number", "collection"], 2, 2,
      keys: [Key("take", .integer, from: 0), Key("collection", .any, from: 1)],
      effect: .pure,
      summary: "First n elements of an array or page."),
    Entry(
      "Drop", "Drop(number, collection)", ["number", "collection"], 2, 2,
      keys: [Key("drop", .integer, from: 0), Key("collection", .any, from: 1)],
      effect: .pure,
      summary: "An array or page without its first n elements."),
    Entry(
      "Prepend", "Prepend(elements, collection)", ["elements", "collection"], 2, 2,
      keys: [Key("prepend", .any, .zeroOrMore, from: 0), Key("collection", .array, from: 1)],
      effect: .pure,
      summary: "The array in second place preceded by the elements in first place."),
    Entry(
      "Append", "Append(elements, collection)", ["elements", "collection"], 2, 2,
      keys: [Key("append", .any, .zeroOrMore, from: 0), Key("collection", .array, from: 1)],
      effect: .pure,
      summary: "The array in second place followed by the elements in first place."),
    Entry(
      "IsEmpty", "IsEmpty(collection)", ["collection"], 1, 1,
      keys: [Key("is_empty", .iterable, from: 0)],
      effect: .pure,
      summary: "True when an array, page or set has no element."),
    Entry(
      "IsNonEmpty", "IsNonEmpty(collection)", ["collection"], 1, 1,
      keys: [Key("is_nonempty", .iterable, from: 0)],
      effect: .pure,
      summary: "True when an array, page or set has at least one element."),
    Entry(
      "Reduce", "Reduce(lambda, initial, collection)", ["lambda", "initial", "collection"], 3, 3,
      keys: [Key("reduce", .lambda, from: 0), Key("initial", .any, from: 1), Key("collection", .iterable, from: 2)],
      effect: .read,
      summary: "Folds the elements of an array, page or set into one value."),
    Entry(
      "Count", "Count(collection)", ["collection"], 1, 1,
      keys: [Key("count", .iterable, from: 0)],
      effect: .read,
      summary: "Number of elements of an array, page or set."),
    Entry(
      "Sum", "Sum(collection)", ["collection"], 1, 1,
      keys: [Key("sum", .iterable, from: 0)],
      effect: .read,
      summary: "Sum of the elements of an array, page or set."),
    Entry(
      "Mean", "Mean(collection)", ["collection"], 1, 1,
      keys: [Key("mean", .iterable, from: 0)],
      effect: .read,
      summary: "Mean of the elements of an array, page or set."),
    Entry(
      "Any", "Any(collection)", ["collection"], 1, 1,
      keys: [Key("any", .iterable, from: 0)],
      effect: .read,
      summary: "True when at least one element is true."),
    Entry(
      "All", "All(collection)", ["collection"], 1, 1,
      keys: [Key("all", .iterable, from: 0)],
      effect: .read,
      summary: "True when every element is true."),
    Entry(
      "First", "First(source)", ["source"], 1, 1,
      keys: [Key("first", .setOrArray, from: 0)],
      effect: .read,
      summary: "First element of a set or array."),
    Entry(
      "Last", "Last(source)", ["source"], 1, 1,
      keys: [Key("last", .setOrArray, from: 0)],
      effect: .read,
      summary: "Last element of a set or array."),
  ]

  static let typeChecks: [Entry] = [
    Entry(
      "IsNumber", "IsNumber(expr)", ["expr"], 1, 1,
      keys: [Key("is_number", .any, from: 0)],
      effect: .pure,
      summary: "True for an integer or a double."),
    Entry(
      "IsDouble", "IsDouble(expr)", ["expr"], 1, 1,
      keys: [Key("is_double", .any, from: 0)],
      effect: .pure,
      summary: "True for a double."),
    Entry(
      "IsInteger", "IsInteger(expr)", ["expr"], 1, 1,
      keys: [Key("is_integer", .any, from: 0)],
      effect: .pure,
      summary: "True for an integer."),
    Entry(
      "IsBoolean", "IsBoolean(expr)", ["expr"], 1, 1,
      keys: [Key("is_boolean", .any, from: 0)],
      effect: .pure,
      summary: "True for a boolean."),
    Entry(
      "IsNull", "IsNull(expr)", ["expr"], 1, 1,
      keys: [Key("is_null", .any, from: 0)],
      effect: .pure,
      summary: "True for null."),
    Entry(
      "IsBytes", "IsBytes(expr)", ["expr"], 1, 1,
      keys: [Key("is_bytes", .any, from: 0)],
      effect: .pure,
      summary: "True for a byte array."),
    Entry(
      "IsTimestamp", "IsTimestamp(expr)", ["expr"], 1, 1,
      keys: [Key("is_timestamp", .any, from: 0)],
      effect: .pure,
      summary: "True for a timestamp."),
    Entry(
      "IsDate", "IsDate(expr)", ["expr"], 1, 1,
      keys: [Key("is_date", .any, from: 0)],
      effect: .pure,
      summary: "True for a date."),
    Entry(
      "IsString", "IsString(expr)", ["expr"], 1, 1,
      keys: [Key("is_string", .any, from: 0)],
      effect: .pure,
      summary: "True for a string."),
    Entry(
      "IsArray", "IsArray(expr)", ["expr"], 1, 1,
      keys: [Key("is_array", .any, from: 0)],
      effect: .pure,
      summary: "True for an array."),
    Entry(
      "IsObject", "IsObject(expr)", ["expr"], 1, 1,
      keys: [Key("is_object", .any, from: 0)],
      effect: .pure,
      summary: "True for an object, and for a page, an event or a document version."),
    Entry(
      "IsRef", "IsRef(expr)", ["expr"], 1, 1,
      keys: [Key("is_ref", .any, from: 0)],
      effect: .pure,
      summary: "True for a reference."),
    Entry(
      "IsSet", "IsSet(expr)", ["expr"], 1, 1,
      keys: [Key("is_set", .any, from: 0)],
      effect: .pure,
      summary: "True for a set, and for a native collection reference usable as one."),
    Entry(
      "IsDoc", "IsDoc(expr)", ["expr"], 1, 1,
      keys: [Key("is_doc", .any, from: 0)],
      effect: .pure,
      summary: "True for a document or a document reference."),
    Entry(
      "IsLambda", "IsLambda(expr)", ["expr"], 1, 1,
      keys: [Key("is_lambda", .any, from: 0)],
      effect: .pure,
      summary: "True for a query value."),
    Entry(
      "IsCollection", "IsCollection(expr)", ["expr"], 1, 1,
      keys: [Key("is_collection", .any, from: 0)],
      effect: .pure,
      summary: "True for a collection reference or definition."),
    Entry(
      "IsDatabase", "IsDatabase(expr)", ["expr"], 1, 1,
      keys: [Key("is_database", .any, from: 0)],
      effect: .pure,
      summary: "True for a database reference or definition."),
    Entry(
      "IsIndex", "IsIndex(expr)", ["expr"], 1, 1,
      keys: [Key("is_index", .any, from: 0)],
      effect: .pure,
      summary: "True for an index reference or definition."),
    Entry(
      "IsFunction", "IsFunction(expr)", ["expr"], 1, 1,
      keys: [Key("is_function", .any, from: 0)],
      effect: .pure,
      summary: "True for a user-defined function reference or definition."),
    Entry(
      "IsKey", "IsKey(expr)", ["expr"], 1, 1,
      keys: [Key("is_key", .any, from: 0)],
      effect: .pure,
      summary: "True for a key reference or document."),
    Entry(
      "IsToken", "IsToken(expr)", ["expr"], 1, 1,
      keys: [Key("is_token", .any, from: 0)],
      effect: .pure,
      summary: "True for a token reference or document."),
    Entry(
      "IsCredentials", "IsCredentials(expr)", ["expr"], 1, 1,
      keys: [Key("is_credentials", .any, from: 0)],
      effect: .pure,
      summary: "True for a credentials reference or document."),
    Entry(
      "IsRole", "IsRole(expr)", ["expr"], 1, 1,
      keys: [Key("is_role", .any, from: 0)],
      effect: .pure,
      summary: "True for a role reference or definition."),
    Entry(
      "IsUuid", "IsUuid(expr)", ["expr"], 1, 1,
      keys: [Key("is_uuid", .any, from: 0)],
      effect: .pure,
      summary: "True for a UUID."),
  ]

  static let reading: [Entry] = [
    Entry(
      "Get", "Get(ref, [ts])", ["ref", "ts"], 1, 2,
      keys: [Key("get", .refOrSet, from: 0), Key("ts", .time, from: 1, absent: .omittedOrNull, optional: true)],
      effect: .read,
      summary: "Reads one document, or the first document of a set."),
    Entry(
      "Paginate", "Paginate(set, [opts])", ["set", "opts"], 1, 2,
      keys: [
        Key("paginate", .refOrSet, from: 0), Key("after", .cursor, optional: true),
        Key("before", .cursor, optional: true),
        Key("cursor", .cursor, optional: true), Key("ts", .time, optional: true), Key("size", .integer, optional: true),
        Key("events", .boolean, optional: true), Key("sources", .boolean, optional: true),
      ],
      effect: .read, options: ["size", "after", "before", "ts", "events", "sources", "cursor"],
      summary: "One page of the elements of a set, with cursors to its neighbours."),
    Entry(
      "Exists", "Exists(ref, [ts])", ["ref", "ts"], 1, 2,
      keys: [Key("exists", .anyRefOrSet, from: 0), Key("ts", .time, from: 1, absent: .omittedOrNull, optional: true)],
      effect: .read,
      summary: "True when a document exists, or a set has an element, at the given time."),
  ]

  static let access: [Entry] = [
    Entry(
      "KeyFromSecret", "KeyFromSecret(secret)", ["secret"], 1, 1,
      keys: [Key("key_from_secret", .string, from: 0)],
      effect: .read,
      summary: "Finds the key or token document that a secret belongs to."),
    Entry(
      "CreateKey", "CreateKey(params)", ["params"], 1, 1,
      keys: [Key("create_key", .object, from: 0)],
      effect: .write,
      summary: "Creates an access key; the only time its secret is shown."),
    Entry(
      "CreateRole", "CreateRole(params)", ["params"], 1, 1,
      keys: [Key("create_role", .object, from: 0)],
      effect: .write,
      summary: "Defines a role of privileges and membership."),
    Entry(
      "CreateAccessProvider", "CreateAccessProvider(params)", ["params"], 1, 1,
      keys: [Key("create_access_provider", .object, from: 0)],
      effect: .write,
      summary: "Registers an external identity provider."),
    Entry(
      "Login", "Login(identity, params)", ["identity", "params"], 2, 2,
      keys: [Key("login", .refOrSet, from: 0), Key("params", .object, from: 1)],
      effect: .write,
      summary: "Checks a password and creates a token for an identity."),
    Entry(
      "Logout", "Logout(all)", ["all"], 1, 1,
      keys: [Key("logout", .boolean, from: 0)],
      effect: .write,
      summary: "Deletes the current token, or all tokens of its identity."),
    Entry(
      "Identify", "Identify(identity, password)", ["identity", "password"], 2, 2,
      keys: [Key("identify", .refOrSet, from: 0), Key("password", .string, from: 1)],
      effect: .read,
      summary: "True when the password matches the identity's credentials."),
    Entry(
      "Identity", "Identity()", [], 0, 0,
      keys: [Key("identity", .null, absent: .null)],
      effect: .read, deprecated: true,
      summary: "Old name of CurrentIdentity."),
    Entry(
      "CurrentIdentity", "CurrentIdentity()", [], 0, 0,
      keys: [Key("current_identity", .null, absent: .null)],
      effect: .read,
      summary: "Reference of the identity that the current token belongs to."),
    Entry(
      "HasIdentity", "HasIdentity()", [], 0, 0,
      keys: [Key("has_identity", .null, absent: .null)],
      effect: .read, deprecated: true,
      summary: "Old name of HasCurrentIdentity."),
    Entry(
      "HasCurrentIdentity", "HasCurrentIdentity()", [], 0, 0,
      keys: [Key("has_current_identity", .null, absent: .null)],
      effect: .read,
      summary: "True when the current secret stands for an identity."),
    Entry(
      "CurrentToken", "CurrentToken()", [], 0, 0,
      keys: [Key("current_token", .null, absent: .null)],
      effect: .read,
      summary: "Reference of the token or key in use, or the claims of the JWT in use."),
    Entry(
      "HasCurrentToken", "HasCurrentToken()", [], 0, 0,
      keys: [Key("has_current_token", .null, absent: .null)],
      effect: .pure,
      summary: "True when the current secret is a token, key or JWT that CurrentToken can report."),
    Entry(
      "Role", "Role(name, [scope])", ["name", "scope"], 1, 2,
      keys: [Key("role", .string, from: 0), Key("scope", .database, from: 1, absent: .omittedOrNull, optional: true)],
      effect: .pure,
      summary: "Reference of a role."),
    Entry(
      "AccessProviders", "AccessProviders([scope])", ["scope"], 0, 1,
      keys: [Key("access_providers", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of access providers."),
    Entry(
      "Roles", "Roles([scope])", ["scope"], 0, 1,
      keys: [Key("roles", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of roles."),
    Entry(
      "Keys", "Keys([scope])", ["scope"], 0, 1,
      keys: [Key("keys", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of keys."),
    Entry(
      "Tokens", "Tokens([scope])", ["scope"], 0, 1,
      keys: [Key("tokens", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of tokens."),
    Entry(
      "Credentials", "Credentials([scope])", ["scope"], 0, 1,
      keys: [Key("credentials", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of credentials."),
    Entry(
      "AccessProvider", "AccessProvider(name)", ["name"], 1, 1,
      keys: [Key("access_provider", .string, from: 0), Key("scope", .database, optional: true)],
      effect: .pure,
      summary: "Reference of an access provider."),
  ]

  static let writing: [Entry] = [
    Entry(
      "Create", "Create(collection, [params])", ["collection", "params"], 1, 2,
      keys: [Key("create", .identifier, from: 0), Key("params", .object, from: 1, absent: .omitted, optional: true)],
      effect: .write,
      summary: "Adds a document to a collection, at a given id if a document reference is passed."),
    Entry(
      "Update", "Update(ref, params)", ["ref", "params"], 2, 2,
      keys: [Key("update", .ref, from: 0), Key("params", .object, from: 1, optional: true)],
      effect: .write,
      summary: "Merges fields into a document; null removes a field."),
    Entry(
      "Replace", "Replace(ref, params)", ["ref", "params"], 2, 2,
      keys: [Key("replace", .ref, from: 0), Key("params", .object, from: 1, optional: true)],
      effect: .write,
      summary: "Sets the whole writable content of a document."),
    Entry(
      "Delete", "Delete(ref)", ["ref"], 1, 1,
      keys: [Key("delete", .ref, from: 0)],
      effect: .write,
      summary: "Deletes a document and returns its last state."),
    Entry(
      "Insert", "Insert(ref, ts, action, params)", ["ref", "ts", "action", "params"], 4, 4,
      keys: [
        Key("insert", .ref, from: 0), Key("ts", .time, from: 1), Key("action", .action, from: 2),
        Key("params", .object, from: 3, optional: true),
      ],
      effect: .write,
      summary: "Writes an event into a document's history."),
    Entry(
      "Remove", "Remove(ref, ts, action)", ["ref", "ts", "action"], 3, 3,
      keys: [Key("remove", .ref, from: 0), Key("ts", .time, from: 1), Key("action", .action, from: 2)],
      effect: .write,
      summary: "Takes an event out of a document's history."),
    Entry(
      "CreateClass", "CreateClass(params)", ["params"], 1, 1,
      keys: [Key("create_class", .object, from: 0)],
      effect: .write, deprecated: true,
      summary: "Old name of CreateCollection."),
    Entry(
      "CreateCollection", "CreateCollection(params)", ["params"], 1, 1,
      keys: [Key("create_collection", .object, from: 0)],
      effect: .write,
      summary: "Defines a collection."),
    Entry(
      "CreateIndex", "CreateIndex(params)", ["params"], 1, 1,
      keys: [Key("create_index", .object, from: 0)],
      effect: .write,
      summary: "Defines an index."),
    Entry(
      "CreateFunction", "CreateFunction(params)", ["params"], 1, 1,
      keys: [Key("create_function", .object, from: 0)],
      effect: .write,
      summary: "Defines a user-defined function."),
  ]

  static let databases: [Entry] = [
    Entry(
      "CreateDatabase", "CreateDatabase(params)", ["params"], 1, 1,
      keys: [Key("create_database", .object, from: 0)],
      effect: .write,
      summary: "Creates a child database."),
    Entry(
      "Database", "Database(name, [scope])", ["name", "scope"], 1, 2,
      keys: [Key("database", .string, from: 0), Key("scope", .database, from: 1, absent: .omitted, optional: true)],
      effect: .pure,
      summary: "Reference of a child database."),
    Entry(
      "Databases", "Databases([scope])", ["scope"], 0, 1,
      keys: [Key("databases", .nullableDatabase, from: 0, absent: .null)],
      effect: .pure,
      summary: "Native collection of child databases."),
    Entry(
      "MoveDatabase", "MoveDatabase(from, to)", ["from", "to"], 2, 2,
      keys: [Key("move_database", .database, from: 0), Key("to", .database, from: 1)],
      effect: .write,
      summary: "Moves a child database under another database."),
  ]

  static let sets: [Entry] = [
    Entry(
      "Singleton", "Singleton(ref)", ["ref"], 1, 1,
      keys: [Key("singleton", .ref, from: 0)],
      effect: .pure,
      summary: "Set that holds one document while that document exists."),
    Entry(
      "Events", "Events(ref_set)", ["ref_set"], 1, 1,
      keys: [Key("events", .refOrSet, from: 0)],
      effect: .pure,
      summary: "The history of a document or of a set, as a set of events."),
    Entry(
      "Match", "Match(index, ...terms)", ["index", "terms"], 1, nil,
      keys: [Key("match", .index, from: 0), Key("terms", .indexTerm, .zeroOrMore, from: 1, optional: true)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "The set of an index's entries for the given terms (all of them if the index has none)."),
    Entry(
      "Union", "Union(...sets)", ["sets"], 1, nil,
      keys: [Key("union", .setOrArray, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Elements found in at least one of the sets or arrays."),
    Entry(
      "Intersection", "Intersection(...sets)", ["sets"], 1, nil,
      keys: [Key("intersection", .setOrArray, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Elements found in every set or array."),
    Entry(
      "Difference", "Difference(...sets)", ["sets"], 1, nil,
      keys: [Key("difference", .setOrArray, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Elements of the first set or array found in none of the others."),
    Entry(
      "Distinct", "Distinct(set)", ["set"], 1, 1,
      keys: [Key("distinct", .iterable, from: 0)],
      effect: .pure,
      summary: "The set or array without duplicates."),
    Entry(
      "Join", "Join(source, target)", ["source", "target"], 2, 2,
      keys: [Key("join", .set, from: 0), Key("with", .lambda, from: 1)],
      effect: .pure,
      summary: "Feeds each element of a set to an index or a lambda and unites the sets that this gives."),
    Entry(
      "Range", "Range(set, from, to)", ["set", "from", "to"], 3, 3,
      keys: [Key("range", .set, from: 0), Key("from", .any, from: 1), Key("to", .any, from: 2)],
      effect: .pure,
      summary: "Part of a set between two bounds, both inclusive."),
    Entry(
      "Documents", "Documents(collection)", ["collection"], 1, 1,
      keys: [Key("documents", .collection, from: 0)],
      effect: .pure,
      summary: "Set of all documents of a collection, by id."),
    Entry(
      "Reverse", "Reverse(expr)", ["expr"], 1, 1,
      keys: [Key("reverse", .iterable, from: 0)],
      effect: .pure,
      summary: "Array, page or set in opposite order."),
  ]

  static let objects: [Entry] = [
    Entry(
      "Merge", "Merge(object1, object2, [lambda])", ["object1", "object2", "lambda"], 2, 3,
      keys: [
        Key("merge", .object, from: 0), Key("with", .any, from: 1),
        Key("lambda", .lambda, from: 2, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure,
      summary: "Combines objects; a lambda of (key, left, right) may decide each field."),
    Entry(
      "Contains", "Contains(path, in)", ["path", "in"], 2, 2,
      keys: [Key("contains", .path, from: 0), Key("in", .any, from: 1)],
      effect: .pure, deprecated: true,
      summary: "Old name of ContainsPath."),
    Entry(
      "ContainsPath", "ContainsPath(path, in)", ["path", "in"], 2, 2,
      keys: [Key("contains_path", .path, from: 0), Key("in", .any, from: 1)],
      effect: .pure,
      summary: "True when a path leads to a value."),
    Entry(
      "ContainsField", "ContainsField(field, in)", ["field", "in"], 2, 2,
      keys: [Key("contains_field", .string, from: 0), Key("in", .any, from: 1)],
      effect: .pure,
      summary: "True when an object has a field of that name."),
    Entry(
      "ContainsValue", "ContainsValue(value, in)", ["value", "in"], 2, 2,
      keys: [Key("contains_value", .any, from: 0), Key("in", .any, from: 1)],
      effect: .read,
      summary: "True when an object, array, page, set or reference has the value in it."),
    Entry(
      "Select", "Select(path, from, [default])", ["path", "from", "default"], 2, 3,
      keys: [
        Key("select", .path, from: 0), Key("from", .any, from: 1),
        Key("default", .lazy, from: 2, absent: .omitted, optional: true), Key("all", .boolean, optional: true),
      ],
      effect: .pure,
      summary: "The value at a path, or a default."),
    Entry(
      "SelectAll", "SelectAll(path, from)", ["path", "from"], 2, 2,
      keys: [Key("select_all", .path, from: 0), Key("from", .any, from: 1), Key("default", .lazy, optional: true)],
      effect: .pure, deprecated: true,
      summary: "All values at a path that crosses arrays."),
  ]

  static let strings: [Entry] = [
    Entry(
      "Concat", "Concat(strings, [separator])", ["strings", "separator"], 1, 2,
      keys: [
        Key("concat", .string, .zeroOrMore, from: 0),
        Key("separator", .string, from: 1, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure, ignoresExtra: true,
      summary: "Joins strings, with a separator between them if given."),
    Entry(
      "Casefold", "Casefold(string, [normalizer])", ["string", "normalizer"], 1, 2,
      keys: [
        Key("casefold", .scalar, .zeroOrMore, from: 0),
        Key("normalizer", .normalizer, from: 1, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure, ignoresExtra: true,
      summary: "Case-insensitive normal form of a string."),
    Entry(
      "ContainsStr", "ContainsStr(value, search)", ["value", "search"], 2, 2,
      keys: [Key("containsstr", .string, from: 0), Key("search", .string, from: 1)],
      effect: .pure,
      summary: "True when a string has another one in it."),
    Entry(
      "ContainsStrRegex", "ContainsStrRegex(value, pattern)", ["value", "pattern"], 2, 2,
      keys: [Key("containsstrregex", .string, from: 0), Key("pattern", .regex, from: 1)],
      effect: .pure,
      summary: "True when a regular expression matches somewhere in a string."),
    Entry(
      "StartsWith", "StartsWith(value, search)", ["value", "search"], 2, 2,
      keys: [Key("startswith", .string, from: 0), Key("search", .string, from: 1)],
      effect: .pure,
      summary: "True when a string begins with another one."),
    Entry(
      "EndsWith", "EndsWith(value, search)", ["value", "search"], 2, 2,
      keys: [Key("endswith", .string, from: 0), Key("search", .string, from: 1)],
      effect: .pure,
      summary: "True when a string ends with another one."),
    Entry(
      "RegexEscape", "RegexEscape(value)", ["value"], 1, 1,
      keys: [Key("regexescape", .string, from: 0)],
      effect: .pure,
      summary: "A regular expression that matches the string literally."),
    Entry(
      "FindStr", "FindStr(value, find, [start])", ["value", "find", "start"], 2, 3,
      keys: [
        Key("findstr", .string, from: 0), Key("find", .string, from: 1),
        Key("start", .integer, from: 2, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure,
      summary: "Offset of the first occurrence of a string in another, or -1."),
    Entry(
      "FindStrRegex", "FindStrRegex(value, pattern, [start], [numResults])",
      ["value", "pattern", "start", "numResults"], 2, 4,
      keys: [
        Key("findstrregex", .string, from: 0), Key("pattern", .regex, from: 1),
        Key("start", .integer, from: 2, absent: .omittedOrNull, optional: true),
        Key("num_results", .integer, from: 3, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure,
      summary: "Array of the matches of a regular expression with their offsets."),
    Entry(
      "Length", "Length(value)", ["value"], 1, 1,
      keys: [Key("length", .string, from: 0)],
      effect: .pure,
      summary: "Number of code points in a string."),
    Entry(
      "LowerCase", "LowerCase(value)", ["value"], 1, 1,
      keys: [Key("lowercase", .string, from: 0)],
      effect: .pure,
      summary: "String in lower case."),
    Entry(
      "LTrim", "LTrim(value)", ["value"], 1, 1,
      keys: [Key("ltrim", .string, from: 0)],
      effect: .pure,
      summary: "String without leading white space."),
    Entry(
      "NGram", "NGram(terms, [min], [max])", ["terms", "min", "max"], 1, 3,
      keys: [
        Key("ngram", .scalar, .zeroOrMore, from: 0),
        Key("min", .integer, from: 1, absent: .omittedOrNull, optional: true),
        Key("max", .integer, from: 2, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure,
      summary: "All substrings of min to max characters."),
    Entry(
      "Repeat", "Repeat(value, [number])", ["value", "number"], 1, 2,
      keys: [
        Key("repeat", .string, from: 0), Key("number", .integer, from: 1, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure,
      summary: "String repeated n times (twice by default)."),
    Entry(
      "ReplaceStr", "ReplaceStr(value, find, replace)", ["value", "find", "replace"], 3, 3,
      keys: [Key("replacestr", .string, from: 0), Key("find", .string, from: 1), Key("replace", .string, from: 2)],
      effect: .pure,
      summary: "Replaces every occurrence of a string."),
    Entry(
      "ReplaceStrRegex", "ReplaceStrRegex(value, pattern, replace, [first])", ["value", "pattern", "replace", "first"],
      3, 4,
      keys: [
        Key("replacestrregex", .string, from: 0), Key("pattern", .regex, from: 1), Key("replace", .string, from: 2),
        Key("first", .boolean, from: 3, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure,
      summary: "Replaces the matches, or the first match, of a regular expression."),
    Entry(
      "RTrim", "RTrim(value)", ["value"], 1, 1,
      keys: [Key("rtrim", .string, from: 0)],
      effect: .pure,
      summary: "String without trailing white space."),
    Entry(
      "Space", "Space(num)", ["num"], 1, 1,
      keys: [Key("space", .integer, from: 0)],
      effect: .pure,
      summary: "String of n spaces."),
    Entry(
      "SubString", "SubString(value, [start], [length])", ["value", "start", "length"], 1, 3,
      keys: [
        Key("substring", .string, from: 0), Key("start", .integer, from: 1, absent: .omittedOrNull, optional: true),
        Key("length", .integer, from: 2, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure,
      summary: "Part of a string."),
    Entry(
      "TitleCase", "TitleCase(value)", ["value"], 1, 1,
      keys: [Key("titlecase", .string, from: 0)],
      effect: .pure,
      summary: "String with every word capitalised."),
    Entry(
      "Trim", "Trim(value)", ["value"], 1, 1,
      keys: [Key("trim", .string, from: 0)],
      effect: .pure,
      summary: "String without leading and trailing white space."),
    Entry(
      "UpperCase", "UpperCase(value)", ["value"], 1, 1,
      keys: [Key("uppercase", .string, from: 0)],
      effect: .pure,
      summary: "String in upper case."),
    Entry(
      "Format", "Format(string, ...values)", ["string", "values"], 1, nil,
      keys: [Key("format", .string, from: 0), Key("values", .any, .zeroOrMore, from: 1)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Formats values by printf-like specifiers."),
  ]

  static let times: [Entry] = [
    Entry(
      "Time", "Time(string)", ["string"], 1, 1,
      keys: [Key("time", .string, from: 0)],
      effect: .pure,
      summary: "Timestamp from ISO 8601 text, or the transaction's time for \"now\"."),
    Entry(
      "TimeAdd", "TimeAdd(base, offset, unit)", ["base", "offset", "unit"], 3, 3,
      keys: [Key("time_add", .temporal, from: 0), Key("offset", .integer, from: 1), Key("unit", .timeUnit, from: 2)],
      effect: .pure,
      summary: "Time or date moved forward."),
    Entry(
      "TimeSubtract", "TimeSubtract(base, offset, unit)", ["base", "offset", "unit"], 3, 3,
      keys: [
        Key("time_subtract", .temporal, from: 0), Key("offset", .integer, from: 1), Key("unit", .timeUnit, from: 2),
      ],
      effect: .pure,
      summary: "Time or date moved back."),
    Entry(
      "TimeDiff", "TimeDiff(start, finish, unit)", ["start", "finish", "unit"], 3, 3,
      keys: [Key("time_diff", .temporal, from: 0), Key("other", .temporal, from: 1), Key("unit", .timeUnit, from: 2)],
      effect: .pure,
      summary: "Whole units from one time or date to another."),
    Entry(
      "Epoch", "Epoch(number, unit)", ["number", "unit"], 2, 2,
      keys: [Key("epoch", .integer, from: 0), Key("unit", .timeUnit, from: 1)],
      effect: .pure,
      summary: "Timestamp a number of units after 1970-01-01T00:00:00Z."),
    Entry(
      "Date", "Date(string)", ["string"], 1, 1,
      keys: [Key("date", .string, from: 0)],
      effect: .pure,
      summary: "Date from \"YYYY-MM-DD\"."),
    Entry(
      "Now", "Now()", [], 0, 0,
      keys: [Key("now", .null, absent: .null)],
      effect: .pure,
      summary: "Time of the transaction."),
    Entry(
      "ToSeconds", "ToSeconds(expr)", ["expr"], 1, 1,
      keys: [Key("to_seconds", .time, from: 0)],
      effect: .pure,
      summary: "Seconds since 1970 of a time."),
    Entry(
      "ToMillis", "ToMillis(expr)", ["expr"], 1, 1,
      keys: [Key("to_millis", .time, from: 0)],
      effect: .pure,
      summary: "Milliseconds since 1970 of a time."),
    Entry(
      "ToMicros", "ToMicros(expr)", ["expr"], 1, 1,
      keys: [Key("to_micros", .time, from: 0)],
      effect: .pure,
      summary: "Microseconds since 1970 of a time."),
    Entry(
      "DayOfWeek", "DayOfWeek(expr)", ["expr"], 1, 1,
      keys: [Key("day_of_week", .time, from: 0)],
      effect: .pure,
      summary: "1 (Monday) to 7."),
    Entry(
      "DayOfYear", "DayOfYear(expr)", ["expr"], 1, 1,
      keys: [Key("day_of_year", .time, from: 0)],
      effect: .pure,
      summary: "1 to 366."),
    Entry(
      "DayOfMonth", "DayOfMonth(expr)", ["expr"], 1, 1,
      keys: [Key("day_of_month", .time, from: 0)],
      effect: .pure,
      summary: "1 to 31."),
    Entry(
      "Hour", "Hour(expr)", ["expr"], 1, 1,
      keys: [Key("hour", .time, from: 0)],
      effect: .pure,
      summary: "0 to 23."),
    Entry(
      "Minute", "Minute(expr)", ["expr"], 1, 1,
      keys: [Key("minute", .time, from: 0)],
      effect: .pure,
      summary: "0 to 59."),
    Entry(
      "Second", "Second(expr)", ["expr"], 1, 1,
      keys: [Key("second", .time, from: 0)],
      effect: .pure,
      summary: "0 to 59."),
    Entry(
      "Month", "Month(expr)", ["expr"], 1, 1,
      keys: [Key("month", .time, from: 0)],
      effect: .pure,
      summary: "1 to 12."),
    Entry(
      "Year", "Year(expr)", ["expr"], 1, 1,
      keys: [Key("year", .time, from: 0)],
      effect: .pure,
      summary: "Year of a time."),
  ]

  static let numbers: [Entry] = [
    Entry(
      "Abs", "Abs(expr)", ["expr"], 1, 1,
      keys: [Key("abs", .number, from: 0)],
      effect: .pure,
      summary: "Absolute value."),
    Entry(
      "Add", "Add(...numbers)", ["numbers"], 1, nil,
      keys: [Key("add", .number, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Sum of numbers."),
    Entry(
      "BitAnd", "BitAnd(...numbers)", ["numbers"], 1, nil,
      keys: [Key("bitand", .number, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Bitwise and."),
    Entry(
      "BitNot", "BitNot(expr)", ["expr"], 1, 1,
      keys: [Key("bitnot", .number, from: 0)],
      effect: .pure,
      summary: "Bitwise complement."),
    Entry(
      "BitOr", "BitOr(...numbers)", ["numbers"], 1, nil,
      keys: [Key("bitor", .number, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Bitwise or."),
    Entry(
      "BitXor", "BitXor(...numbers)", ["numbers"], 1, nil,
      keys: [Key("bitxor", .number, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Bitwise exclusive or."),
    Entry(
      "Ceil", "Ceil(expr)", ["expr"], 1, 1,
      keys: [Key("ceil", .number, from: 0)],
      effect: .pure,
      summary: "Smallest integral number not below the argument."),
    Entry(
      "Divide", "Divide(...numbers)", ["numbers"], 1, nil,
      keys: [Key("divide", .number, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Quotient, left to right; integers divide to an integer."),
    Entry(
      "Floor", "Floor(expr)", ["expr"], 1, 1,
      keys: [Key("floor", .number, from: 0)],
      effect: .pure,
      summary: "Largest integral number not above the argument."),
    Entry(
      "Max", "Max(...values)", ["values"], 1, nil,
      keys: [Key("max", .iterable, from: 0)],
      effect: .read, variadic: .bareWhenOne,
      summary: "Largest of several values or of the elements of an array, page or set."),
    Entry(
      "Min", "Min(...values)", ["values"], 1, nil,
      keys: [Key("min", .iterable, from: 0)],
      effect: .read, variadic: .bareWhenOne,
      summary: "Smallest of several values or of the elements of an array, page or set."),
    Entry(
      "Modulo", "Modulo(...numbers)", ["numbers"], 1, nil,
      keys: [Key("modulo", .number, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Remainder, left to right."),
    Entry(
      "Multiply", "Multiply(...numbers)", ["numbers"], 1, nil,
      keys: [Key("multiply", .number, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Product."),
    Entry(
      "Round", "Round(value, [precision])", ["value", "precision"], 1, 2,
      keys: [
        Key("round", .number, from: 0), Key("precision", .integer, from: 1, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure, ignoresExtra: true,
      summary: "Rounds to a number of decimals (2 by default)."),
    Entry(
      "Subtract", "Subtract(...numbers)", ["numbers"], 1, nil,
      keys: [Key("subtract", .number, .oneOrMore, from: 0)],
      effect: .pure, variadic: .bareWhenOne,
      summary: "Difference, left to right."),
    Entry(
      "Sign", "Sign(expr)", ["expr"], 1, 1,
      keys: [Key("sign", .number, from: 0)],
      effect: .pure,
      summary: "-1, 0 or 1."),
    Entry(
      "Sqrt", "Sqrt(expr)", ["expr"], 1, 1,
      keys: [Key("sqrt", .number, from: 0)],
      effect: .pure,
      summary: "Square root."),
    Entry(
      "Trunc", "Trunc(value, [precision])", ["value", "precision"], 1, 2,
      keys: [
        Key("trunc", .number, from: 0), Key("precision", .integer, from: 1, absent: .omittedOrNull, optional: true),
      ],
      effect: .pure, ignoresExtra: true,
      summary: "Cuts off decimals after a number of them (2 by default)."),
    Entry(
      "Acos", "Acos(expr)", ["expr"], 1, 1,
      keys: [Key("acos", .number, from: 0)],
      effect: .pure,
      summary: "Arc cosine."),
    Entry(
      "Asin", "Asin(expr)", ["expr"], 1, 1,
      keys: [Key("asin", .number, from: 0)],
      effect: .pure,
      summary: "Arc sine."),
    Entry(
      "Atan", "Atan(expr)", ["expr"], 1, 1,
      keys: [Key("atan", .number, from: 0)],
      effect: .pure,
      summary: "Arc tangent."),
    Entry(
      "Cos", "Cos(expr)", ["expr"], 1, 1,
      keys: [Key("cos", .number, from: 0)],
      effect: .pure,
      summary: "Cosine."),
    Entry(
      "Cosh", "Cosh(expr)", ["expr"], 1, 1,
      keys: [Key("cosh", .number, from: 0)],
      effect: .pure,
      summary: "Hyperbolic cosine."),
    Entry(
      "Degrees", "Degrees(expr)", ["expr"], 1, 1,
      keys: [Key("degrees", .number, from: 0)],
      effect: .pure,
      summary: "Radians to degrees."),
    Entry(
      "Exp", "Exp(expr)", ["expr"], 1, 1,
      keys: [Key("exp", .number, from: 0)],
      effect: .pure,
      summary: "e to the power of the argument."),
    Entry(
      "Hypot", "Hypot(value, [side])", ["value", "side"], 1, 2,
      keys: [Key("hypot", .number, from: 0), Key("b", .number, from: 1, absent: .omittedOrNull, optional: true)],
      effect: .pure, ignoresExtra: true,
      summary: "Length of a hypotenuse; a missing side equals the first."),
    Entry(
      "Ln", "Ln(expr)", ["expr"], 1, 1,
      keys: [Key("ln", .number, from: 0)],
      effect: .pure,
      summary: "Natural logarithm."),
    Entry(
      "Log", "Log(expr)", ["expr"], 1, 1,
      keys: [Key("log", .number, from: 0)],
      effect: .pure,
      summary: "Logarithm to base 10."),
    Entry(
      "Pow", "Pow(value, [exponent])", ["value", "exponent"], 1, 2,
      keys: [Key("pow", .number, from: 0), Key("exp", .number, from: 1, absent: .omittedOrNull, optional: true)],
      effect: .pure, ignoresExtra: true,
      summary: "Power; squares without an exponent."),
    Entry(
      "Radians", "Radians(expr)", ["expr"], 1, 1,
      keys: [Key("radians", .number, from: 0)],
      effect: .pure,
      summary: "Degrees to radians."),
    Entry(
      "Sin", "Sin(expr)", ["expr"], 1, 1,
      keys: [Key("sin", .number, from: 0)],
      effect: .pure,
      summary: "Sine."),
    Entry(
      "Sinh", "Sinh(expr)", ["expr"], 1, 1,
      keys: [Key("sinh", .number, from: 0)],
      effect: .pure,
      summary: "Hyperbolic sine."),
    Entry(
      "Tan", "Tan(expr)", ["expr"], 1, 1,
      keys: [Key("tan", .number, from: 0)],
      effect: .pure,
      summary: "Tangent."),
    Entry(
      "Tanh", "Tanh(expr)", ["expr"], 1, 1,
      keys: [Key("tanh", .number, from: 0)],
      effect: .pure,
      summary: "Hyperbolic tangent."),
  ]

  static let conversions: [Entry] = [
    Entry(
      "ToString", "ToString(expr)", ["expr"], 1, 1,
      keys: [Key("to_string", .any, from: 0)],
      effect: .pure,
      summary: "Scalar to text."),
    Entry(
      "ToNumber", "ToNumber(expr)", ["expr"], 1, 1,
      keys: [Key("to_number", .any, from: 0)],
      effect: .pure,
      summary: "Text to a number."),
    Entry(
      "ToObject", "ToObject(expr)", ["expr"], 1, 1,
      keys: [Key("to_object", .any, from: 0)],
      effect: .pure,
      summary: "Array of [key, value] pairs to an object."),
    Entry(
      "ToArray", "ToArray(expr)", ["expr"], 1, 1,
      keys: [Key("to_array", .any, from: 0)],
      effect: .pure,
      summary: "Object to an array of [key, value] pairs."),
    Entry(
      "ToDouble", "ToDouble(expr)", ["expr"], 1, 1,
      keys: [Key("to_double", .any, from: 0)],
      effect: .pure,
      summary: "Number or text to a double."),
    Entry(
      "ToInteger", "ToInteger(expr)", ["expr"], 1, 1,
      keys: [Key("to_integer", .any, from: 0)],
      effect: .pure,
      summary: "Number or text to an integer."),
    Entry(
      "ToTime", "ToTime(expr)", ["expr"], 1, 1,
      keys: [Key("to_time", .any, from: 0)],
      effect: .pure,
      summary: "Text, date or time to a time."),
    Entry(
      "ToDate", "ToDate(expr)", ["expr"], 1, 1,
      keys: [Key("to_date", .any, from: 0)],
      effect: .pure,
      summary: "Text, time or date to a date."),
  ]

  /// Forms of the wire that the text has no spelling for.
  static let wireOnly: [Entry] = [
    Entry(
      "", "quote", [], 0, 0, keys: [Key("quote", .literal)], effect: .pure,
      summary: "The literal as data, not evaluated."),
    Entry(
      "", "select_as_index", [], 0, 0,
      keys: [Key("select_as_index", .path), Key("from", .any), Key("default", .lazy, optional: true)],
      effect: .pure, summary: "Like select_all."),
    Entry(
      "", "match index", [], 0, 0, keys: [Key("match", .indexTerm, .zeroOrMore), Key("index", .index)], effect: .pure,
      summary: "Old order: match holds the terms, index the index."),
  ]
}
