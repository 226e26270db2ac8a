namespace Semblance.Postgres.Tests;

[Collection(PostgresTests.Name)]
public class SearchTests(PostgresServer server)
{
    [PostgresTheory]
    [InlineData(SimilarityFunction.Cosine, PostgresStorage.Float32, PostgresMethod.Hnsw, 0.97)]
    [InlineData(SimilarityFunction.DotProduct, PostgresStorage.Float32, PostgresMethod.Hnsw, 0.95)]
    [InlineData(SimilarityFunction.Euclidean, PostgresStorage.Float32, PostgresMethod.Hnsw, 0.97)]
    [InlineData(SimilarityFunction.Manhattan, PostgresStorage.Float32, PostgresMethod.Hnsw, 0.97)]
    [InlineData(SimilarityFunction.Cosine, PostgresStorage.Float16, PostgresMethod.Hnsw, 0.95)]
    [InlineData(SimilarityFunction.Manhattan, PostgresStorage.Float16, PostgresMethod.Hnsw, 0.95)]
    [InlineData(SimilarityFunction.Cosine, PostgresStorage.Binary, PostgresMethod.Hnsw, 0.8)]
    [InlineData(SimilarityFunction.Cosine, PostgresStorage.Float32, PostgresMethod.IvfFlat, 0.9)]
    [InlineData(SimilarityFunction.Euclidean, PostgresStorage.Float16, PostgresMethod.IvfFlat, 0.9)]
    [InlineData(SimilarityFunction.Cosine, PostgresStorage.Binary, PostgresMethod.IvfFlat, 0.8)]
    public async Task Nearly_all_of_the_nearest_are_found(SimilarityFunction similarity, PostgresStorage storage, PostgresMethod method, double recall)
    {
        var records = TestIndex.Records(1, 1200, 64);
        await using var made = await server.BuildAsync(records, new PostgresIndexOptions { Similarity = similarity, Storage = storage, Method = method, Lists = 16 });
        var (right, queries) = (0, TestIndex.Records(1, 40, 64));
        var options = new PostgresQuery { Probes = 8 };
        var found = await made.Index.SearchAsync(queries.Select(query => query.Vector).ToAsyncEnumerable(), options).ToListAsync();
        found.Count.ShouldBe(40);
        foreach (var (hits, query) in found.Zip(queries))
        {
            var exact = await made.Index.SearchAsync(query.Vector, new VectorQuery { Exact = true });
            hits.Count.ShouldBe(10);
            hits.Select(hit => hit.Score).ShouldBeInOrder(SortDirection.Descending);
            right += hits.Select(hit => hit.Id).Intersect(exact.Select(hit => hit.Id)).Count();
            exact.Select(hit => hit.Id).Intersect(TestIndex.Nearest(records, query.Vector, similarity, 10)).Count().ShouldBeGreaterThanOrEqualTo(storage == PostgresStorage.Float16 ? 9 : 10);
        }

        (right / 400.0).ShouldBeGreaterThanOrEqualTo(recall);
        (await PlanAsync(made.Index)).ShouldContain($"{made.Index.Name}_vectors");
    }

    [PostgresFact]
    public async Task Filters_let_through_what_they_say_and_the_index_goes_on_until_there_is_enough()
    {
        var records = TestIndex.Records(2, 1000, 16);
        await using var made = await server.BuildAsync(records, new PostgresIndexOptions { Similarity = SimilarityFunction.DotProduct });
        var query = records[5].Vector;
        VectorFilter group = VectorFilter.Label("group", "3"), even = VectorFilter.Label("half", "even"), ids = VectorFilter.Ids(1, 2, "text 3", "2", 4000);
        (VectorFilter Filter, Func<VectorRecord, bool> IsIn)[] cases =
        [
            (group, record => Has(record, "group", "3")),
            (!group, record => !Has(record, "group", "3")),
            (even & !group, record => Has(record, "half", "even") && !Has(record, "group", "3")),
            (group | ids, record => Has(record, "group", "3") || IsOf(record)),
            (!(even | ids), record => !Has(record, "half", "even") && !IsOf(record)),
            (ids, IsOf),
            (VectorFilter.Ids(), _ => false),
            (VectorFilter.Label("absent", "x"), _ => false),
        ];
        foreach (var (filter, isIn) in cases)
        {
            var expected = TestIndex.Nearest(records.Where(isIn), query, SimilarityFunction.DotProduct, 10);
            (await made.Index.SearchAsync(query, new VectorQuery { Filter = filter, Exact = true })).Select(hit => hit.Id).ShouldBe(expected);
            (await made.Index.SearchAsync(query, new VectorQuery { Filter = filter, Ef = 10 })).Count.ShouldBe(expected.Length);
            (await made.Index.ReadAsync(filter).Select(record => record.Id).ToListAsync()).ShouldBe(records.Where(isIn).Select(record => record.Id), ignoreOrder: true);
        }

        await Should.ThrowAsync<NotSupportedException>(async () => await made.Index.SearchAsync(query, new VectorQuery { Filter = even & VectorFilter.Where(_ => true) }));

        static bool Has(VectorRecord record, string key, string value) => record.Metadata?.GetValueOrDefault(key) == value;

        static bool IsOf(VectorRecord record) => record.Id == 1 || record.Id == 2 || record.Id == "text 3";
    }

    [PostgresFact]
    public async Task Settings_of_a_search_end_with_it()
    {
        await using var made = await server.BuildAsync(TestIndex.Records(3, 200, 8));
        await using var connection = await server.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await made.Index.Within(transaction).SearchAsync(new float[8], new PostgresQuery { Ef = 777, Exact = false });
        await made.Index.Within(transaction).SearchAsync(new float[8], new VectorQuery { Exact = true });
        await using var command = connection.CreateCommand();
        command.CommandText = "select current_setting('hnsw.ef_search', true) || current_setting('enable_indexscan')";
        (await command.ExecuteScalarAsync())!.ToString()!.ShouldNotContain("777");
        (await command.ExecuteScalarAsync())!.ToString()!.ShouldEndWith("on");
    }

    [PostgresFact]
    public async Task A_zero_vector_is_found_with_the_score_zero()
    {
        await using var made = await server.BuildAsync([new("zero", new float[4]), new("one", new float[] { 1, 0, 0, 0 }), new("against", new float[] { -1, 0, 0, 0 })]);
        var hits = await made.Index.SearchAsync(new float[] { 2, 0, 0, 0 });
        hits.Select(hit => (hit.Id.Text, hit.Score)).ShouldBe([("one", 1f), ("zero", 0f), ("against", -1f)]);
        (await made.Index.SearchAsync(new float[4])).Select(hit => hit.Score).ShouldBe([0f, 0f, 0f]);
    }

    [PostgresTheory]
    [InlineData(IterativeScan.Relaxed)]
    [InlineData(IterativeScan.Strict)]
    [InlineData(IterativeScan.Off)]
    public async Task Every_scan_gives_the_best_first(IterativeScan scan)
    {
        var records = TestIndex.Records(4, 800, 16);
        await using var made = await server.BuildAsync(records);
        var hits = await made.Index.SearchAsync(records[1].Vector, new PostgresQuery { Filter = VectorFilter.Label("half", "odd"), Ef = 20, TopK = 15, IterativeScan = scan, MaxScanTuples = 800 });
        hits.Select(hit => hit.Score).ShouldBeInOrder(SortDirection.Descending);
        hits.ShouldAllBe(hit => hit.Metadata!["half"] == "odd");
        hits.Count.ShouldBeInRange(scan == IterativeScan.Off ? 1 : 15, 15);
    }

    // How the server would find the nearest, were a sequential scan dear.
    private async Task<string> PlanAsync(PostgresIndex index)
    {
        await using var connection = await server.Source.OpenConnectionAsync();
        await using var batch = connection.CreateBatch();
        var table = new IndexTable(index.Name, index.Dimension, index.Options, true);
        var search = SearchSql.Nearest(table, TestIndex.Vector(new Random(1), index.Dimension), VectorQuery.Default).ToCommand();
        search.CommandText = "explain " + search.CommandText;
        batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand("select set_config('enable_seqscan', 'off', true)"));
        batch.BatchCommands.Add(search);
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        return string.Join('\n', await reader.RowsAsync(row => row.GetString(0), default));
    }
}
