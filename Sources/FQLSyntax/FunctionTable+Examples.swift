/// A worked example of a function.
public struct FunctionExample: Sendable, Equatable {
  /// What is run, in order, in an empty database: what the query needs, then the query. `SECRET` stands for the last secret that an
  /// answer held; a line that begins with a dot is a command of the shell.
  public let statements: [String]
  /// What the last statement prints, in the literal format.
  public let result: String
}

extension FunctionTable {
  /// The example of the function with that name in text.
  public static func example(for name: String) -> FunctionExample? {
    let lines = examples.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "## \(name)") else { return nil }
    var statements: [String] = []
    var result: [Substring] = []
    for line in lines[(start + 1)...] {
      if line.hasPrefix("## ") { break }
      if line.hasPrefix("> ") {
        statements.append(String(line.dropFirst(2)))
      } else if line.hasPrefix("... "), let last = statements.popLast() {
        statements.append(last + "\n" + line.dropFirst(4))
      } else {
        result.append(line)
      }
    }
    return FunctionExample(statements: statements, result: result.joined(separator: "\n"))
  }

  /// A heading for each function; statements as they stand at a prompt; and what the last one prints. The tests run them all, with the
  /// clock at 2024-02-29T12:00:00Z and the seed 1.
  private static let examples = #"""
    ## Ref
    > CreateCollection({name: "books"})
    > Ref(Collection("books"), "7")
    Ref(Collection("books"), "7")
    ## Index
    > CreateCollection({name: "books"})
    > CreateIndex({name: "all_books", source: Collection("books")})
    > Exists(Index("all_books"))
    true
    ## Class
    > CreateCollection({name: "books"})
    > Class("books")
    Collection("books")
    ## Collection
    > CreateCollection({name: "books"})
    > Select("id", Collection("books"))
    'books'
    ## Function
    > CreateFunction({name: "double", body: Query(x => Multiply(x, 2))})
    > Call(Function("double"), 21)
    42
    ## Classes
    > CreateCollection({name: "books"})
    > Paginate(Classes())
    { data: [ Collection("books") ] }
    ## Collections
    > CreateCollection({name: "books"})
    > CreateCollection({name: "authors"})
    > Paginate(Collections())
    { data: [ Collection("books"), Collection("authors") ] }
    ## Indexes
    > CreateCollection({name: "books"})
    > CreateIndex({name: "all_books", source: Collection("books")})
    > Paginate(Indexes())
    { data: [ Index("all_books") ] }
    ## Functions
    > CreateFunction({name: "double", body: Query(x => Multiply(x, 2))})
    > Paginate(Functions())
    { data: [ Function("double") ] }
    ## Bytes
    > Bytes("aGVsbG8=")
    Bytes("aGVsbG8=")
    ## Abort
    > If(GT(3, 2), Abort("too many"), "fine")
    error: transaction aborted: too many
    ## At
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"), {data: {price: 12}})
    > Update(Ref(Collection("books"), "1"), {data: {price: 9}})
    > Let({book: Ref(Collection("books"), "1"), first: Select(["data", 0, "ts"], Paginate(Events(Var("book"))))},
    ...   {then: At(Var("first"), Select(["data", "price"], Get(Var("book")))),
    ...    now: Select(["data", "price"], Get(Var("book")))})
    { then: 12, now: 9 }
    ## Let
    > Let({net: 80, tax: Divide(Multiply(Var("net"), 20), 100)}, {net: Var("net"), gross: Add(Var("net"), Var("tax"))})
    { net: 80, gross: 96 }
    ## Var
    > Let({greeting: "Good day"}, Concat([Var("greeting"), "Ada"], ", "))
    'Good day, Ada'
    ## Do
    > CreateCollection({name: "books"})
    > Do(
    ...   Create(Ref(Collection("books"), "1"), {data: {title: "Momo"}}),
    ...   Create(Ref(Collection("books"), "2"), {data: {title: "Emil"}}),
    ...   Count(Documents(Collection("books"))))
    2
    ## Object
    > Object({sum: Add(1, 2), product: Multiply(3, 4)})
    { sum: 3, product: 12 }
    ## Lambda
    > Map([[1, "one"], [2, "two"]], Lambda(["number", "_"], Multiply(Var("number"), 10)))
    [ 10, 20 ]
    ## Call
    > CreateFunction({name: "area", body: Query((width, height) => Multiply(width, height))})
    > Call("area", 3, 4)
    12
    ## Query
    > Query(Lambda("x", Add(Var("x"), 1)))
    Query(Lambda("x", Add(Var("x"), 1)))
    ## NextId
    > IsString(NextId())
    true
    ## NewId
    > GT(ToInteger(NewId()), 0)
    true
    ## If
    > Let({stock: 0}, If(Equals(Var("stock"), 0), "sold out", "in stock"))
    'sold out'
    ## Equals
    > [Equals(1, 1, 1), Equals({a: 1, b: 2}, {b: 2, a: 1}), Equals(1, "1")]
    [ true, true, false ]
    ## LT
    > [LT(1, 2, 3), LT(1, 1), LT(2, "a")]
    [ true, false, true ]
    ## LTE
    > [LTE(1, 1, 2), LTE("b", "a")]
    [ true, false ]
    ## GT
    > [GT(3, 2, 1), GT(Date("2024-05-01"), Date("2024-04-30"))]
    [ true, true ]
    ## GTE
    > [GTE(3, 3, 1), GTE(1, 2)]
    [ true, false ]
    ## And
    > And(IsNumber(1), LT(1, 2), true)
    true
    ## Or
    > Or(false, LT(1, 2), Abort("not reached"))
    true
    ## Not
    > Not(Equals("a", "b"))
    true
    ## Map
    > Map([1, 2, 3], Lambda("x", Multiply(Var("x"), Var("x"))))
    [ 1, 4, 9 ]
    ## Foreach
    > CreateCollection({name: "books"})
    > Foreach(["Momo", "Emil"], title => Create(Collection("books"), {data: {title: title}}))
    [ 'Momo', 'Emil' ]
    ## Filter
    > Filter([1, 2, 3, 4, 5, 6], Lambda("n", Equals(Modulo(Var("n"), 2), 0)))
    [ 2, 4, 6 ]
    ## Take
    > Take(2, ["gold", "silver", "bronze", "tin"])
    [ 'gold', 'silver' ]
    ## Drop
    > Drop(1, ["header", "first line", "second line"])
    [ 'first line', 'second line' ]
    ## Prepend
    > Prepend([1, 2], [3, 4])
    [ 1, 2, 3, 4 ]
    ## Append
    > Append([3, 4], [1, 2])
    [ 1, 2, 3, 4 ]
    ## IsEmpty
    > [IsEmpty([]), IsEmpty([null])]
    [ true, false ]
    ## IsNonEmpty
    > CreateCollection({name: "books"})
    > IsNonEmpty(Documents(Collection("books")))
    false
    ## Reduce
    > Reduce((longest, word) => If(GT(Length(word), Length(longest)), word, longest), "", ["an", "apple", "a", "day"])
    'apple'
    ## Count
    > [Count(["a", "b", "c"]), Count([])]
    [ 3, 0 ]
    ## Sum
    > Sum([1, 2.5, 3])
    6.5
    ## Mean
    > Mean([1, 2, 6])
    3
    ## Any
    > Any(Map([3, 8, 5], n => GT(n, 7)))
    true
    ## All
    > All([true, LT(1, 2), Equals("a", "a")])
    true
    ## First
    > .wire {"first": ["a", "b", "c"]}
    'a'
    ## Last
    > .wire {"last": ["a", "b", "c"]}
    'c'
    ## IsNumber
    > [IsNumber(1), IsNumber(1.5), IsNumber("1")]
    [ true, true, false ]
    ## IsDouble
    > [IsDouble(1.0), IsDouble(1)]
    [ true, false ]
    ## IsInteger
    > [IsInteger(1), IsInteger(1.0)]
    [ true, false ]
    ## IsBoolean
    > [IsBoolean(false), IsBoolean(null)]
    [ true, false ]
    ## IsNull
    > [IsNull(null), IsNull(Select("name", {}, null)), IsNull(0)]
    [ true, true, false ]
    ## IsBytes
    > [IsBytes(Bytes("AQID")), IsBytes("AQID")]
    [ true, false ]
    ## IsTimestamp
    > [IsTimestamp(Now()), IsTimestamp(Date("2024-02-29"))]
    [ true, false ]
    ## IsDate
    > [IsDate(Date("2024-02-29")), IsDate("2024-02-29")]
    [ true, false ]
    ## IsString
    > [IsString("1"), IsString(1)]
    [ true, false ]
    ## IsArray
    > [IsArray([]), IsArray("abc")]
    [ true, false ]
    ## IsObject
    > [IsObject({}), IsObject([])]
    [ true, false ]
    ## IsRef
    > CreateCollection({name: "books"})
    > [IsRef(Ref(Collection("books"), "1")), IsRef("books/1")]
    [ true, false ]
    ## IsSet
    > CreateCollection({name: "books"})
    > [IsSet(Documents(Collection("books"))), IsSet(Tokens()), IsSet([])]
    [ true, true, false ]
    ## IsDoc
    > CreateCollection({name: "books"})
    > [IsDoc(Ref(Collection("books"), "1")), IsDoc({ref: "1"})]
    [ true, false ]
    ## IsLambda
    > [IsLambda(Query(x => x)), IsLambda("x => x")]
    [ true, false ]
    ## IsCollection
    > CreateCollection({name: "books"})
    > [IsCollection(Collection("books")), IsCollection(Collection("boks"))]
    [ true, false ]
    ## IsDatabase
    > CreateDatabase({name: "shop"})
    > [IsDatabase(Database("shop")), IsDatabase("shop")]
    [ true, false ]
    ## IsIndex
    > CreateCollection({name: "books"})
    > CreateIndex({name: "all_books", source: Collection("books")})
    > [IsIndex(Index("all_books")), IsIndex(Collection("books"))]
    [ true, false ]
    ## IsFunction
    > CreateFunction({name: "double", body: Query(x => Multiply(x, 2))})
    > [IsFunction(Function("double")), IsFunction(Query(x => x))]
    [ true, false ]
    ## IsKey
    > [IsKey(Ref(Keys(), "1")), IsKey("fnA...")]
    [ true, false ]
    ## IsToken
    > [IsToken(Ref(Tokens(), "1")), IsToken(Ref(Keys(), "1"))]
    [ true, false ]
    ## IsCredentials
    > [IsCredentials(Ref(Credentials(), "1")), IsCredentials({password: "secret"})]
    [ true, false ]
    ## IsRole
    > CreateRole({name: "staff"})
    > [IsRole(Role("staff")), IsRole("staff")]
    [ true, false ]
    ## IsUuid
    > .wire {"is_uuid": {"@uuid": "4e2ec4a2-4f5a-4c1f-9d4c-3f9a1a1a1a1a"}}
    true
    ## Get
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"), {data: {title: "Momo", year: 1973}})
    > Select("data", Get(Ref(Collection("books"), "1")))
    { title: 'Momo', year: 1973 }
    ## Paginate
    > CreateCollection({name: "books"})
    > Foreach(["1", "2", "3", "4"], id => Create(Ref(Collection("books"), id)))
    > Paginate(Documents(Collection("books")), {size: 2, after: [Ref(Collection("books"), "2")]})
    { before: [ Ref(Collection("books"), "2") ],
      after: [ Ref(Collection("books"), "4") ],
      data:
       [ Ref(Collection("books"), "2"), Ref(Collection("books"), "3") ] }
    ## Exists
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"))
    > [Exists(Ref(Collection("books"), "1")), Exists(Ref(Collection("books"), "2")), Exists(Collection("boks"))]
    [ true, false, false ]
    ## KeyFromSecret
    > CreateKey({role: "server", data: {name: "web site"}})
    > Select(["data", "name"], KeyFromSecret("SECRET"))
    'web site'
    ## CreateKey
    > Let({key: CreateKey({role: "server", data: {name: "web site"}})},
    ...   [Select("role", Var("key")), StartsWith(Select("secret", Var("key")), "fn")])
    [ 'server', true ]
    ## CreateRole
    > CreateCollection({name: "books"})
    > CreateRole({name: "reader", privileges: {resource: Collection("books"), actions: {read: true}}})
    { ref: Role("reader"),
      ts: 1709208000000001,
      name: 'reader',
      privileges: { resource: Collection("books"), actions: { read: true } } }
    ## CreateAccessProvider
    > Select("audience", CreateAccessProvider({name: "door", issuer: "https://id.example", jwks_uri: "https://id.example/keys"}))
    'https://db.fauna.com/db/yyyyyyyyyyyyy'
    ## Login
    > CreateCollection({name: "users"})
    > Create(Ref(Collection("users"), "1"), {credentials: {password: "pw"}})
    > Select("instance", Login(Ref(Collection("users"), "1"), {password: "pw"}))
    Ref(Collection("users"), "1")
    ## Logout
    > CreateCollection({name: "users"})
    > Create(Ref(Collection("users"), "1"), {credentials: {password: "pw"}})
    > Login(Ref(Collection("users"), "1"), {password: "pw"})
    > .secret SECRET
    > Logout(true)
    true
    ## Identify
    > CreateCollection({name: "users"})
    > Create(Ref(Collection("users"), "1"), {credentials: {password: "pw"}})
    > [Identify(Ref(Collection("users"), "1"), "pw"), Identify(Ref(Collection("users"), "1"), "guess")]
    [ true, false ]
    ## Identity
    > CreateCollection({name: "users"})
    > Create(Ref(Collection("users"), "1"))
    > Create(Tokens(), {instance: Ref(Collection("users"), "1")})
    > .secret SECRET
    > Identity()
    Ref(Collection("users"), "1")
    ## CurrentIdentity
    > CreateCollection({name: "users"})
    > Create(Ref(Collection("users"), "1"))
    > Create(Tokens(), {instance: Ref(Collection("users"), "1")})
    > .secret SECRET
    > CurrentIdentity()
    Ref(Collection("users"), "1")
    ## HasIdentity
    > HasIdentity()
    false
    ## HasCurrentIdentity
    > HasCurrentIdentity()
    false
    ## CurrentToken
    > Create(Ref(Keys(), "1"), {role: "admin"})
    > .secret SECRET
    > CurrentToken()
    Ref(Keys(), "1")
    ## HasCurrentToken
    > CreateKey({role: "client"})
    > .secret SECRET
    > HasCurrentToken()
    true
    ## Role
    > CreateRole({name: "staff"})
    > Select("name", Get(Role("staff")))
    'staff'
    ## AccessProviders
    > CreateAccessProvider({name: "door", issuer: "https://id.example", jwks_uri: "https://id.example/keys"})
    > Paginate(AccessProviders())
    { data: [ AccessProvider("door") ] }
    ## Roles
    > CreateRole({name: "staff"})
    > Paginate(Roles())
    { data: [ Role("staff") ] }
    ## Keys
    > Create(Ref(Keys(), "1"), {role: "server"})
    > Paginate(Keys())
    { data: [ Ref(Keys(), "1") ] }
    ## Tokens
    > CreateCollection({name: "users"})
    > Create(Ref(Tokens(), "1"), {instance: Ref(Collection("users"), "1")})
    > Paginate(Documents(Tokens()))
    { data: [ Ref(Tokens(), "1") ] }
    ## Credentials
    > CreateCollection({name: "users"})
    > Create(Ref(Collection("users"), "1"), {credentials: {password: "pw"}})
    > Map(Paginate(Credentials()), c => Select("instance", Get(c)))
    { data: [ Ref(Collection("users"), "1") ] }
    ## AccessProvider
    > CreateAccessProvider({name: "door", issuer: "https://id.example", jwks_uri: "https://id.example/keys"})
    > Select("issuer", Get(AccessProvider("door")))
    'https://id.example'
    ## Create
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"), {data: {title: "Momo", year: 1973}})
    { ref: Ref(Collection("books"), "1"),
      ts: 1709208000000001,
      data: { title: 'Momo', year: 1973 } }
    ## Update
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"), {data: {title: "Momo", year: 1973, lent: true}})
    > Update(Ref(Collection("books"), "1"), {data: {shelf: "A3", lent: null}})
    { ref: Ref(Collection("books"), "1"),
      ts: 1709208000000002,
      data: { title: 'Momo', year: 1973, shelf: 'A3' } }
    ## Replace
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"), {data: {title: "Momo", year: 1973}})
    > Replace(Ref(Collection("books"), "1"), {data: {title: "Momo"}})
    { ref: Ref(Collection("books"), "1"),
      ts: 1709208000000002,
      data: { title: 'Momo' } }
    ## Delete
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"), {data: {title: "Momo"}})
    > Do(Delete(Ref(Collection("books"), "1")), Exists(Ref(Collection("books"), "1")))
    false
    ## Insert
    > CreateCollection({name: "books", history_days: 30})
    > Insert(Ref(Collection("books"), "1"), Time("2024-02-20T09:00:00Z"), "create", {data: {title: "Momo"}})
    { ts: 1708419600000000,
      action: 'create',
      document: Ref(Collection("books"), "1"),
      data: { title: 'Momo' } }
    ## Remove
    > CreateCollection({name: "books", history_days: 30})
    > Insert(Ref(Collection("books"), "1"), Time("2024-02-20T09:00:00Z"), "create", {data: {title: "Momo"}})
    > Do(
    ...   Remove(Ref(Collection("books"), "1"), Time("2024-02-20T09:00:00Z"), "create"),
    ...   Count(Events(Ref(Collection("books"), "1"))))
    0
    ## CreateClass
    > Select("name", CreateClass({name: "books"}))
    'books'
    ## CreateCollection
    > CreateCollection({name: "books", history_days: 30, data: {owner: "library"}})
    { ref: Collection("books"),
      ts: 1709208000000000,
      history_days: 30,
      name: 'books',
      data: { owner: 'library' } }
    ## CreateIndex
    > CreateCollection({name: "books"})
    > CreateIndex({
    ...   name: "books_by_author",
    ...   source: Collection("books"),
    ...   terms: [{field: ["data", "author"]}],
    ...   values: [{field: ["data", "year"], reverse: true}, {field: ["ref"]}]
    ... })
    { ref: Index("books_by_author"),
      ts: 1709208000000001,
      active: true,
      serialized: true,
      name: 'books_by_author',
      source: Collection("books"),
      terms: [ { field: [ 'data', 'author' ] } ],
      values:
       [ { field: [ 'data', 'year' ], reverse: true },
         { field: [ 'ref' ] } ],
      partitions: 1 }
    ## CreateFunction
    > CreateFunction({name: "double", body: Query(Lambda("x", Multiply(Var("x"), 2)))})
    { ref: Function("double"),
      ts: 1709208000000000,
      name: 'double',
      body: Query(Lambda("x", Multiply(Var("x"), 2))) }
    ## CreateDatabase
    > Select("ref", CreateDatabase({name: "shop"}))
    Database("shop")
    ## Database
    > CreateDatabase({name: "shop"})
    > Select("name", Get(Database("shop")))
    'shop'
    ## Databases
    > CreateDatabase({name: "shop"})
    > CreateDatabase({name: "archive"})
    > Paginate(Databases())
    { data: [ Database("shop"), Database("archive") ] }
    ## MoveDatabase
    > CreateDatabase({name: "shop"})
    > CreateDatabase({name: "archive"})
    > Select("ref", MoveDatabase(Database("shop"), Database("archive")))
    Database("shop", Database("archive"))
    ## Singleton
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"))
    > Paginate(Singleton(Ref(Collection("books"), "1")))
    { data: [ Ref(Collection("books"), "1") ] }
    ## Events
    > CreateCollection({name: "books"})
    > Create(Ref(Collection("books"), "1"), {data: {title: "Momo", price: 12}})
    > Update(Ref(Collection("books"), "1"), {data: {price: 9}})
    > Map(Paginate(Events(Ref(Collection("books"), "1"))), event => [Select("action", event), Select("data", event)])
    { data:
       [ [ 'create', { title: 'Momo', price: 12 } ],
         [ 'update', { price: 9 } ] ] }
    ## Match
    > CreateCollection({name: "books"})
    > CreateIndex({name: "titles_by_author", source: Collection("books"),
    ...   terms: [{field: ["data", "author"]}], values: [{field: ["data", "title"]}]})
    > Foreach([["Ende", "Momo"], ["Ende", "Jim Button"], ["Kaestner", "Emil"]],
    ...   (author, title) => Create(Collection("books"), {data: {author: author, title: title}}))
    > Paginate(Match(Index("titles_by_author"), "Ende"))
    { data: [ 'Jim Button', 'Momo' ] }
    ## Union
    > Union([1, 2, 3], [2, 4])
    [ 1, 2, 3, 4 ]
    ## Intersection
    > CreateCollection({name: "books"})
    > CreateIndex({name: "by_tag", source: Collection("books"), terms: [{field: ["data", "tags"]}]})
    > Create(Ref(Collection("books"), "1"), {data: {tags: ["children", "classic"]}})
    > Create(Ref(Collection("books"), "2"), {data: {tags: ["classic"]}})
    > Paginate(Intersection(Match(Index("by_tag"), "children"), Match(Index("by_tag"), "classic")))
    { data: [ Ref(Collection("books"), "1") ] }
    ## Difference
    > CreateCollection({name: "books"})
    > CreateIndex({name: "by_tag", source: Collection("books"), terms: [{field: ["data", "tags"]}]})
    > Create(Ref(Collection("books"), "1"), {data: {tags: ["children", "classic"]}})
    > Create(Ref(Collection("books"), "2"), {data: {tags: ["classic"]}})
    > Paginate(Difference(Match(Index("by_tag"), "classic"), Match(Index("by_tag"), "children")))
    { data: [ Ref(Collection("books"), "2") ] }
    ## Distinct
    > Distinct(["a", "b", "a", "c", "b"])
    [ 'a', 'b', 'c' ]
    ## Join
    > CreateCollection({name: "authors"})
    > CreateCollection({name: "books"})
    > CreateIndex({name: "by_author", source: Collection("books"), terms: [{field: ["data", "author"]}]})
    > Create(Ref(Collection("authors"), "1"), {data: {name: "Ende"}})
    > Create(Ref(Collection("books"), "7"), {data: {author: Ref(Collection("authors"), "1")}})
    > Paginate(Join(Documents(Collection("authors")), Index("by_author")))
    { data: [ Ref(Collection("books"), "7") ] }
    ## Range
    > CreateCollection({name: "books"})
    > CreateIndex({name: "years", source: Collection("books"), values: [{field: ["data", "year"]}]})
    > Foreach([1929, 1960, 1973, 1979], year => Create(Collection("books"), {data: {year: year}}))
    > Paginate(Range(Match(Index("years")), 1950, 1973))
    { data: [ 1960, 1973 ] }
    ## Documents
    > CreateCollection({name: "books"})
    > Foreach(["3", "10", "2"], id => Create(Ref(Collection("books"), id)))
    > Paginate(Documents(Collection("books")))
    { data:
       [ Ref(Collection("books"), "2"),
         Ref(Collection("books"), "3"),
         Ref(Collection("books"), "10") ] }
    ## Reverse
    > CreateCollection({name: "books"})
    > Foreach(["1", "2", "3"], id => Create(Ref(Collection("books"), id)))
    > Paginate(Reverse(Documents(Collection("books"))), {size: 2})
    { after:
       [ Ref(Collection("books"), "1"), Ref(Collection("books"), "1") ],
      data:
       [ Ref(Collection("books"), "3"), Ref(Collection("books"), "2") ] }
    ## Merge
    > Merge({title: "Momo", price: 12}, [{price: 9}, {shelf: "A3"}])
    { title: 'Momo', price: 9, shelf: 'A3' }
    ## Contains
    > Contains(["book", "title"], {book: {title: "Momo"}})
    true
    ## ContainsPath
    > [ContainsPath(["tags", 1], {tags: ["a", "b"]}), ContainsPath(["tags", 2], {tags: ["a", "b"]})]
    [ true, false ]
    ## ContainsField
    > [ContainsField("title", {title: "Momo"}), ContainsField("year", {title: "Momo"})]
    [ true, false ]
    ## ContainsValue
    > [ContainsValue("b", ["a", "b"]), ContainsValue(9, {price: 9}), ContainsValue("price", {price: 9})]
    [ true, true, false ]
    ## Select
    > [Select(["tags", 0], {tags: ["new", "blue"]}), Select("year", {tags: []}, "no year")]
    [ 'new', 'no year' ]
    ## SelectAll
    > SelectAll(["orders", "total"], {orders: [{total: 5}, {total: 12}, {open: true}]})
    [ 5, 12 ]
    ## Concat
    > Concat(["Momo", "Emil", "Ronja"], ", ")
    'Momo, Emil, Ronja'
    ## Casefold
    > Casefold("GROSSE Straße")
    'grosse strasse'
    ## ContainsStr
    > [ContainsStr("needle in the haystack", "hay"), ContainsStr("needle", "Need")]
    [ true, false ]
    ## ContainsStrRegex
    > [ContainsStrRegex("flight LH 441", "[A-Z]{2} \\d+"), ContainsStrRegex("no flight", "\\d")]
    [ true, false ]
    ## StartsWith
    > StartsWith("fql", "f")
    true
    ## EndsWith
    > EndsWith("report.pdf", ".pdf")
    true
    ## RegexEscape
    > RegexEscape("1.5 (about)")
    '\\Q1.5 (about)\\E'
    ## FindStr
    > [FindStr("banana", "an"), FindStr("banana", "an", 2), FindStr("banana", "x")]
    [ 1, 3, -1 ]
    ## FindStrRegex
    > FindStrRegex("3 pears, 12 plums", "\\d+")
    [ { start: 0, end: 0, data: '3' },
      { start: 9, end: 10, data: '12' } ]
    ## Length
    > [Length("née"), Length("👍")]
    [ 3, 1 ]
    ## LowerCase
    > LowerCase("ÀÉ Grüße")
    'àé grüße'
    ## LTrim
    > LTrim("   indented ")
    'indented '
    ## NGram
    > NGram("cat", 2, 3)
    [ 'ca', 'cat', 'at' ]
    ## Repeat
    > [Repeat("ab", 3), Repeat("ab")]
    [ 'ababab', 'abab' ]
    ## ReplaceStr
    > ReplaceStr("a-b-c", "-", "/")
    'a/b/c'
    ## ReplaceStrRegex
    > ReplaceStrRegex("Ende, Michael", "(\\w+), (\\w+)", "$2 $1")
    'Michael Ende'
    ## RTrim
    > RTrim("end \n")
    'end'
    ## Space
    > Concat(["a", "b"], Space(4))
    'a    b'
    ## SubString
    > [SubString("kilogram", 4), SubString("kilogram", 0, 4), SubString("kilogram", -4, 2)]
    [ 'gram', 'kilo', 'gr' ]
    ## TitleCase
    > TitleCase("the neverending story")
    'The Neverending Story'
    ## Trim
    > Trim("  both sides  ")
    'both sides'
    ## UpperCase
    > UpperCase("straße")
    'STRASSE'
    ## Format
    > Format("%s is %d years old and %.1f m tall", "Ada", 36, 1.65)
    'Ada is 36 years old and 1.7 m tall'
    ## Time
    > Time("2024-02-29T18:30:00+02:00")
    Time("2024-02-29T16:30:00Z")
    ## TimeAdd
    > [TimeAdd(Time("2024-02-29T12:00:00Z"), 90, "minutes"), TimeAdd(Date("2024-02-28"), 2, "days")]
    [ Time("2024-02-29T13:30:00Z"), Date("2024-03-01") ]
    ## TimeSubtract
    > TimeSubtract(Date("2024-03-01"), 1, "day")
    Date("2024-02-29")
    ## TimeDiff
    > TimeDiff(Date("2023-12-24"), Date("2024-02-29"), "days")
    67
    ## Epoch
    > [Epoch(0, "seconds"), Epoch(1709208000, "seconds")]
    [ Time("1970-01-01T00:00:00Z"), Time("2024-02-29T12:00:00Z") ]
    ## Date
    > Date("2024-02-29")
    Date("2024-02-29")
    ## Now
    > TimeDiff(Now(), TimeAdd(Now(), 3, "hours"), "minutes")
    180
    ## ToSeconds
    > ToSeconds(Time("1970-01-02T00:00:00Z"))
    86400
    ## ToMillis
    > ToMillis(Time("1970-01-01T00:00:01.5Z"))
    1500
    ## ToMicros
    > ToMicros(Epoch(3, "milliseconds"))
    3000
    ## DayOfWeek
    > DayOfWeek(Time("2024-02-29T12:00:00Z"))
    4
    ## DayOfYear
    > DayOfYear(Time("2024-12-31T00:00:00Z"))
    366
    ## DayOfMonth
    > DayOfMonth(Time("2024-02-29T12:00:00Z"))
    29
    ## Hour
    > Hour(Time("2024-02-29T18:30:00+02:00"))
    16
    ## Minute
    > Minute(Time("2024-02-29T12:34:56Z"))
    34
    ## Second
    > Second(Time("2024-02-29T12:34:56Z"))
    56
    ## Month
    > Month(Time("2024-02-29T12:00:00Z"))
    2
    ## Year
    > Year(Time("2024-02-29T12:00:00Z"))
    2024
    ## Abs
    > [Abs(-3), Abs(-2.5)]
    [ 3, 2.5 ]
    ## Add
    > [Add(1, 2, 3), Add(1, 0.5), Add([4, 5])]
    [ 6, 1.5, 9 ]
    ## BitAnd
    > BitAnd(12, 10)
    8
    ## BitNot
    > BitNot(0)
    -1
    ## BitOr
    > BitOr(12, 10)
    14
    ## BitXor
    > BitXor(12, 10)
    6
    ## Ceil
    > [Ceil(1.2), Ceil(-1.2)]
    [ 2, -1 ]
    ## Divide
    > [Divide(7, 2), Divide(7, 2.0), Divide(100, 5, 2)]
    [ 3, 3.5, 10 ]
    ## Floor
    > [Floor(1.8), Floor(-1.2)]
    [ 1, -2 ]
    ## Max
    > [Max(3, 9, 4), Max(["pear", "apple"])]
    [ 9, 'pear' ]
    ## Min
    > [Min(3, 9, 4), Min([2.5, 1])]
    [ 3, 1 ]
    ## Modulo
    > [Modulo(17, 5), Modulo(-17, 5)]
    [ 2, -2 ]
    ## Multiply
    > Multiply(2, 3, 7)
    42
    ## Round
    > [Round(3.14159), Round(3.14159, 4), Round(1250, -2)]
    [ 3.14, 3.1416, 1300 ]
    ## Subtract
    > [Subtract(10, 3, 2), Subtract(1, 0.25)]
    [ 5, 0.75 ]
    ## Sign
    > [Sign(-7), Sign(0), Sign(2.5)]
    [ -1, 0, 1 ]
    ## Sqrt
    > Sqrt(2)
    1.4142135623730951
    ## Trunc
    > [Trunc(3.149), Trunc(3.149, 1), Trunc(1299, -2)]
    [ 3.14, 3.1, 1200 ]
    ## Acos
    > Acos(1)
    0
    ## Asin
    > Asin(0.5)
    0.5235987755982989
    ## Atan
    > Multiply(4, Atan(1))
    3.141592653589793
    ## Cos
    > Cos(0)
    1
    ## Cosh
    > Cosh(0)
    1
    ## Degrees
    > Degrees(3.141592653589793)
    180
    ## Exp
    > Exp(1)
    2.718281828459045
    ## Hypot
    > Hypot(3, 4)
    5
    ## Ln
    > Ln(2.718281828459045)
    1
    ## Log
    > Log(1000)
    3
    ## Pow
    > [Pow(2, 10), Pow(7)]
    [ 1024, 49 ]
    ## Radians
    > Radians(180)
    3.141592653589793
    ## Sin
    > Sin(Radians(30))
    0.49999999999999994
    ## Sinh
    > Sinh(0)
    0
    ## Tan
    > Tan(0)
    0
    ## Tanh
    > Tanh(0)
    0
    ## ToString
    > [ToString(12), ToString(true), ToString(Date("2024-02-29"))]
    [ '12', 'true', '2024-02-29' ]
    ## ToNumber
    > [ToNumber("12"), ToNumber("1.5"), ToNumber("12 apples")]
    [ 12, 1.5, 12 ]
    ## ToObject
    > ToObject([["title", "Momo"], ["year", 1973]])
    { title: 'Momo', year: 1973 }
    ## ToArray
    > ToArray({title: "Momo", year: 1973})
    [ [ 'title', 'Momo' ], [ 'year', 1973 ] ]
    ## ToDouble
    > ToDouble("2.50")
    2.5
    ## ToInteger
    > [ToInteger("42"), ToInteger(3.99)]
    [ 42, 3 ]
    ## ToTime
    > [ToTime("2024-02-29T12:00:00Z"), ToTime(Date("2024-02-29")), ToTime(1500)]
    [ Time("2024-02-29T12:00:00Z"),
      Time("2024-02-29T00:00:00Z"),
      Time("1970-01-01T00:00:01.500Z") ]
    ## ToDate
    > ToDate(Time("2024-02-29T23:59:59Z"))
    Date("2024-02-29")
    """#
}
