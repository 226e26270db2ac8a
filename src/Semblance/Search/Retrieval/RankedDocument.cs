namespace Semblance;

/// <summary>Represents a document that a model has ranked for a query.</summary>
/// <param name="Index">The index of the document in the input, from 0.</param>
/// <param name="Score">The relevance to the query; higher is more relevant.</param>
/// <param name="Text">The text of the document.</param>
public sealed record RankedDocument(int Index, float Score, string Text)
{
    /// <summary>Orders documents by descending score; those with equal scores in the order of their indices.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="scores">The score of each document; none is NaN.</param>
    /// <param name="topK">The maximum number of documents to keep; <see langword="null"/> for all.</param>
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
