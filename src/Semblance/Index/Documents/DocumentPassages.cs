using System.Globalization;

namespace Semblance;

/// <summary>Converts documents to the records of their passages, and hits of passages to hits of documents.</summary>
internal static class DocumentPassages
{
    private const string DocumentLabel = "passage.document";
    private const string StartLabel = "passage.start"; // in UTF-16 units and, if they differ, in code points

    /// <summary>Returns the id of a passage.</summary>
    /// <param name="document">The id of the document.</param>
    /// <param name="number">The number of the passage, from 1.</param>
    public static VectorId Id(VectorId document, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Written(document)}#{number}");

    /// <summary>Returns the records of the passages of a document, without vectors.</summary>
    public static IEnumerable<VectorRecord> Of(VectorRecord document, IEnumerable<Chunk> chunks)
    {
        var text = document.Text!;
        var (number, place, codePoints) = (0, 0, 0);
        foreach (var chunk in chunks)
        {
            codePoints += CodePoints(text.AsSpan(place, chunk.Start - place));
            place = chunk.Start;
            var labels = new Dictionary<string, string>(document.Metadata ?? new Dictionary<string, string>())
            {
                [DocumentLabel] = Written(document.Id),
                [StartLabel] = codePoints == place
                    ? string.Create(CultureInfo.InvariantCulture, $"{place}")
                    : string.Create(CultureInfo.InvariantCulture, $"{place} {codePoints}"),
            };
            yield return new VectorRecord(Id(document.Id, ++number), default, chunk.Of(text).ToString(), labels);
        }
    }

    /// <summary>Returns the id of the document of a record; that of the record itself if it is no passage.</summary>
    public static VectorId DocumentOf(VectorId id, IReadOnlyDictionary<string, string>? labels) =>
        labels?.GetValueOrDefault(DocumentLabel) is { } document ? Read(document) : id;

    /// <summary>Returns each document once, with its first hit, which is the best.</summary>
    public static List<DocumentHit> Group(IEnumerable<VectorHit> hits)
    {
        var documents = new OrderedDictionary<VectorId, DocumentHit>();
        foreach (var hit in hits)
        {
            var id = DocumentOf(hit.Id, hit.Metadata);
            if (!documents.ContainsKey(id))
            {
                documents.Add(id, new DocumentHit(id, hit.Score, hit.Text, LabelsOf(hit.Metadata), PassageOf(hit)));
            }
        }

        return [.. documents.Values];
    }

    private static Passage? PassageOf(VectorHit hit)
    {
        if (hit.Metadata?.GetValueOrDefault(StartLabel)?.Split(' ') is not { } starts
            || !int.TryParse(starts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            || !int.TryParse(starts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var codePoints))
        {
            return null;
        }

        return new Passage(start, start + (hit.Text?.Length ?? 0), codePoints, codePoints + CodePoints(hit.Text));
    }

    private static Dictionary<string, string>? LabelsOf(IReadOnlyDictionary<string, string>? labels)
    {
        var own = labels?.Where(label => label.Key is not (DocumentLabel or StartLabel)).ToDictionary();
        return own is { Count: > 0 } ? own : null;
    }

    // A text that reads as a number stands in quotes, so that 42 and "42" stay different ids.
    private static string Written(VectorId id) => id.Text is { } text && IsNumber(text) ? $"\"{text}\"" : id.ToString();

    private static VectorId Read(string written) =>
        written is ['"', .. var text, '"'] && IsNumber(text) ? text : IsNumber(written) ? VectorId.Parse(written) : written;

    private static bool IsNumber(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number.ToString(CultureInfo.InvariantCulture) == text;

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
