namespace Semblance;

/// <summary>A document in the order that a model puts it in for a query.</summary>
/// <param name="Index">Its place among the documents that were given, from 0.</param>
/// <param name="Score">How well it answers; larger is better.</param>
/// <param name="Text">The document.</param>
public sealed record RankedDocument(int Index, float Score, string Text)
{
    /// <summary>Documents by their scores: the best first, and the earlier first among equals.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="scores">One for each, none of them NaN.</param>
    /// <param name="topK">How many to keep; null for all.</param>
    internal static RankedDocument[] Order(IReadOnlyList<string> documents, ReadOnlySpan<float> scores, int? topK)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        var hits = new SearchHit[scores.Length];
        for (var i = 0; i < hits.Length; i++)
        {
            hits[i] = new SearchHit(i, scores[i]);
        }

        Array.Sort(hits, Selection.Order<SearchHit>());
        return [.. hits.Take(topK ?? hits.Length).Select(hit => new RankedDocument(hit.Index, hit.Score, documents[hit.Index]))];
    }
}
