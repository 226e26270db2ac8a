using Npgsql;

namespace Semblance.Postgres;

/// <summary>Inserts rows by INSERT statements with array parameters: one of ids, one of texts, and all vectors concatenated.</summary>
internal static class ArrayInsert
{
    private const int MostRows = 1_000;
    private const int MostFloats = 200_000;
    private const int MostCharacters = 1 << 24;

    /// <summary>Inserts rows into a table.</summary>
    /// <param name="connection">The open connection, in a transaction.</param>
    /// <param name="table">The target table.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="isUpsert"><see langword="true"/> to replace rows with the same ids; otherwise, <see langword="false"/>.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task WriteAsync(
        NpgsqlConnection connection, IndexTable table, IReadOnlyList<LoadRow> rows, bool isUpsert, CancellationToken cancellationToken)
    {
        for (var start = 0; start < rows.Count;)
        {
            var characters = 0L;
            var count = rows.Skip(start).Take(Math.Clamp(MostFloats / table.Dimension, 1, MostRows))
                .TakeWhile(
                    (row, i) => (characters += (row.Text?.Length ?? 0) + (row.Terms?.Length ?? 0) + row.Metadata.Length) <= MostCharacters
                        || i == 0).Count();
            await connection.RunAsync(
                Statement(table, [.. rows.Skip(start).Take(count)], isUpsert), cancellationToken).ConfigureAwait(false);
            start += count;
        }
    }

    /// <summary>Returns the clause that replaces a row with the same id.</summary>
    public static string OnConflict(IndexTable table) =>
        "on conflict (id) do update set " +
        string.Join(", ", table.Columns.Split(", ").Skip(1).Select(column => $"{column} = excluded.{column}"));

    private static SqlText Statement(IndexTable table, LoadRow[] rows, bool isUpsert)
    {
        var vectors = new float[rows.Length * table.Dimension];
        foreach (var (i, row) in rows.Index())
        {
            row.Vector.CopyTo(vectors, i * table.Dimension);
        }

        var sql = new SqlText();
        var ids = sql.Texts([.. rows.Select(row => row.Id)]);
        var texts = sql.Texts([.. rows.Select(row => row.Text)]);
        var labels = sql.Texts([.. rows.Select(row => row.Metadata)]);
        var terms = table.Options.Bigrams ? $", {sql.Texts([.. rows.Select(row => row.Terms)])}::text[]" : "";
        var slice = FormattableString.Invariant(
            $"({sql.Floats(vectors)}::real[])[(k - 1) * {table.Dimension} + 1 : k * {table.Dimension}]::{table.VectorType}");
        return sql.Add(
            $"insert into {table.Sql} ({table.Columns}) select id::jsonb, {slice}, text, metadata::jsonb{(terms == "" ? "" : ", terms")} ")
            .Add(
                $"from unnest({ids}::text[], {texts}::text[], {labels}::text[]{terms}) with ordinality as row (id, text, " +
                $"metadata{(terms == "" ? "" : ", terms")}, k) ")
            .Add(isUpsert ? OnConflict(table) : "");
    }
}
