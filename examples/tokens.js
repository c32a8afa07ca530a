// The page of documentation that this project began with, as somebody pastes it: its JavaScript, unchanged, line for line.
//
//     fql examples/tokens.js
//
// Between its pieces, in plain FQL, stands what the page takes for granted.

client.query(
q.Paginate(q.Documents(q.Tokens()))
)
.then((ret) => console.log(ret))

client.query(
q.CreateIndex({
name: 'tokens_by_instance',
permissions: { read: 'public' },
source: q.Tokens(),
terms: [ { field: 'instance' } ],
values: [ { field: ['data', 'name'] } ],
})
)
.then((ret) => console.log(ret))

// There is a user, with that address and that password, whom an index finds.
Do(CreateCollection({ name: 'users' }), 'users');
Do(CreateIndex({ name: 'users_by_email', source: Collection('users'), terms: [{ field: ['data', 'email'] }] }), 'users_by_email');
Do(
  Create(Ref(Collection('users'), '251407645221585408'), {
    data: { email: '[email protected]' },
    credentials: { password: 'new password' },
  }),
  'a user',
);

client.query(
q.Login(
q.Match(q.Index('users_by_email'), '[email protected]'),
{ password: 'new password' },
)
)
.then((ret) => console.log(ret))

// The page goes on with the token that its own login made: here is one of that number.
Do(Create(Ref(Tokens(), '251500495731950080'), { instance: Ref(Collection('users'), '251407645221585408') }), 'a token');

client.query(
q.Update(
q.Ref(q.Tokens(), '251500495731950080'),
{ data: { meta: 'data' } }
)
)
.then((ret) => console.log(ret))
