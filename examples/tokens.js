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
