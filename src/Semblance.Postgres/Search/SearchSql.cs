using System.Globalization;

namespace Semblance.Postgres;

/// <summary>Creates the SQL statements of a search.</summary>
internal static class SearchSql
{
    private const int LargestEfSearch = 1_000;

    /// <summary>Creates the statement that sets the parameters of pgvector until the end of the transaction.</summary>
    public static SqlText Settings(IndexTable table, VectorQuery query)
    {
        var own = query as PostgresQuery ?? new PostgresQuery();
        var wanted = query is HybridQuery hybrid ? hybrid.Candidates : query.TopK;
        var scan = own.IterativeScan switch
        {
            IterativeScan.Off => "off",
            IterativeScan.Strict when table.Options.Method == PostgresMethod.Hnsw => "strict_order",
            _ => "relaxed_order",
        };
        (string Name, string Value)[] settings = (query.Exact, table.Options.Method) switch
        {
            (true, _) or (_, PostgresMethod.Exact) => [("enable_indexscan", "off")],
            (_, PostgresMethod.Hnsw) =>
            [
                ("hnsw.ef_search", Number(Math.Clamp(Math.Max(query.Ef, wanted), 1, LargestEfSearch))),
                ("hnsw.iterative_scan", scan),
                ("hnsw.max_scan_tuples", Number(own.MaxScanTuples)),
            ],
            _ =>
            [
                ("ivfflat.probes", Number(own.Probes ?? (int)Math.Ceiling(Math.Sqrt(table.Options.Lists)))),
                ("ivfflat.iterative_scan", scan),
            ],
        };
        var sql = new SqlText();
        var calls = settings.Select(setting => $"set_config({sql.Text(setting.Name)}, {sql.Text(setting.Value)}, true)");
        return sql.Add($"select {string.Join(", ", calls)}");
    }

    /// <summary>Creates the statement for the nearest vectors: id, text, metadata and score, the best first.</summary>
    public static SqlText Nearest(IndexTable table, float[] vector, VectorQuery query)
    {
        var sql = new SqlText();
        sql.Add($"with near as materialized ({Near(table, vector, query, query.TopK, sql)}) ");
        // The sum prevents the planner from using the relaxed order of the index as the requested order.
        return sql.Add(
            $"select id::text, text, metadata::text, 0 - distance from near order by distance + 0, near.id limit {sql.Number(query.TopK)}");
    }

    /// <summary>
    /// Creates the statement for the best records by vector and by words, fused by their ranks: id, text, metadata and score, the best
    /// first.
    /// </summary>
    public static SqlText Hybrid(IndexTable table, float[] vector, string words, HybridQuery query)
    {
        var sql = new SqlText();
        var (candidates, constant) = (sql.Number(query.Candidates), sql.Number(query.RankConstant));
        var cut = table.Options.Bigrams ? Bigrams.OfQuery(words) : words;
        sql.Add($"with near as materialized ({Near(table, vector, query, query.Candidates, sql)}), ");
        sql.Add(
            "by_vector as (select id, row_number() over (order by distance + 0, id) as rank from near order by rank limit " +
            $"{candidates}), ");
        sql.Add(
            $"asked as materialized (select websearch_to_tsquery({sql.Text(table.Options.TextSearch)}::regconfig, {sql.Text(cut)}) as " +
            "query), ");
        sql.Add(
            $"by_words as (select id, row_number() over (order by ts_rank_cd(words, query) desc, id) as rank from {table.Sql}, asked " +
            $"where words @@ query and {FilterSql.Of(query.Filter, sql)} order by rank limit {candidates}), ");
        sql.Add(
            $"fused as (select id, sum(score) as score from (select id, {sql.Number(query.VectorWeight)} / ({constant} + rank) as score " +
            "from by_vector union all ");
        sql.Add(
            $"select id, {sql.Number(query.WordWeight)} / ({constant} + rank) from by_words) as ranked group by id order by score desc, " +
            $"id limit {sql.Number(query.TopK)}) ");
        return sql.Add(
            $"select id::text, text, metadata::text, score from fused join {table.Sql} using (id) order by score desc, fused.id");
    }

    /// <summary>Creates the statement for one page of records, in the order of their ids.</summary>
    public static SqlText Page(IndexTable table, VectorFilter? filter, string? after, int size)
    {
        var sql = new SqlText();
        var start = after is null ? "" : $"id > {sql.Text(after)}::jsonb and ";
        return sql.Add(
            $"select id::text, embedding::real[], text, metadata::text from {table.Sql} where {start}{FilterSql.Of(filter, sql)} order " +
            $"by {table.Sql}.id limit {sql.Number(size)}");
    }

    // The candidates with their distances, in the order of the index.
    private static string Near(IndexTable table, float[] vector, VectorQuery query, int wanted, SqlText sql)
    {
        var value = $"{sql.Floats(vector)}::real[]::{table.VectorType}";
        var distance = $"embedding {table.Distance} {value}";
        var isByBits = table.Options.Storage == PostgresStorage.Binary && !query.Exact;
        var order = isByBits ? FormattableString.Invariant($"bits <~> binary_quantize({value})::bit({table.Dimension})") : distance;
        var ties = query.Exact || table.Options.Method == PostgresMethod.Exact ? ", id" : ""; // an index does not order equal distances
        return $"select id, text, metadata, {distance} as distance from {table.Sql} where {FilterSql.Of(query.Filter, sql)} order by " +
            $"{order}{ties} limit {sql.Number(isByBits ? Math.Max(query.Ef, wanted) : wanted)}";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
