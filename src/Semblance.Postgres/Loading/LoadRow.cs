using System.Text;

namespace Semblance.Postgres;

/// <summary>Represents a checked record in the form in which it is sent to the server.</summary>
/// <param name="Id">The id as JSON.</param>
/// <param name="Vector">The vector, normalized for cosine similarity.</param>
/// <param name="Text">The text.</param>
/// <param name="Metadata">The labels as JSON.</param>
/// <param name="Terms">The text as pairs of characters, if the index uses bigrams.</param>
internal sealed record LoadRow(string Id, float[] Vector, string? Text, string Metadata, string? Terms)
{
    // The maximum size of a B-tree key, less a margin.
    private const int LongestId = 2_000;

    /// <summary>Converts records to rows.</summary>
    /// <exception cref="ArgumentException">An id is not unique, or a value cannot be stored.</exception>
    public static LoadRow[] Of(IReadOnlyList<VectorRecord> records, IndexTable table)
    {
        var ids = new HashSet<VectorId>(records.Count);
        var rows = new LoadRow[records.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(records[i], nameof(records));
            rows[i] = Of(records[i], table);
            if (!ids.Add(records[i].Id))
            {
                throw new ArgumentException($"The id '{StoredText.Escaped(records[i].Id)}' comes twice.", nameof(records));
            }
        }

        return rows;
    }

    private static LoadRow Of(VectorRecord record, IndexTable table)
    {
        var id = CheckedId(record.Id);
        var vector = ReadyVector.Of(record.Vector.Span, table.Dimension, table.Options.Similarity, record.Id);
        if (table.Options.Storage == PostgresStorage.Float16 && Array.Exists(vector, value => !Half.IsFinite((Half)value)))
        {
            throw new ArgumentException(
                $"The vector with the id '{StoredText.Escaped(record.Id)}' holds a value beyond ±65,504, which float16 cannot represent; " +
                $"store such vectors as {nameof(PostgresStorage.Float32)}.",
                nameof(record));
        }

        if (record.Text is { } text)
        {
            KeptText.Check(text, () => $"The text with the id '{StoredText.Escaped(record.Id)}'");
        }

        foreach (var (key, value) in record.Metadata ?? new Dictionary<string, string>())
        {
            KeptText.Check(key, () => $"The name of a label ('{StoredText.Escaped(key)}') with the id '{StoredText.Escaped(record.Id)}'");
            KeptText.Check(
                value ?? throw new ArgumentException(
                    $"The label '{StoredText.Escaped(key)}' with the id '{StoredText.Escaped(record.Id)}' has no value (null); leave the " +
                    "label out, or give it a text.",
                    nameof(record)),
                () => $"The label '{StoredText.Escaped(key)}' with the id '{StoredText.Escaped(record.Id)}'");
        }

        return new LoadRow(
            id,
            vector,
            record.Text,
            RecordJson.Of(record.Metadata ?? new Dictionary<string, string>()),
            table.Options.Bigrams && record.Text is not null ? Bigrams.OfText(record.Text) : null);
    }

    /// <summary>Returns an id as JSON.</summary>
    /// <exception cref="ArgumentException">The id cannot be stored.</exception>
    public static string CheckedId(VectorId id) =>
        id.Text is { } text && KeptText.Check(text, () => $"The id '{StoredText.Escaped(id)}'") > LongestId
        ? throw new ArgumentException(
            $"The id '{StoredText.Escaped(id)}' has {Encoding.UTF8.GetByteCount(text):N0} bytes, and PostgreSQL takes {LongestId:N0}; " +
            "shorten it.",
            nameof(id))
        : RecordJson.Of(id);
}
