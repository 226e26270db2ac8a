namespace Semblance.Server.Cohere;

/// <summary>Represents the answer of <c>/v2/embed</c>.</summary>
/// <param name="Id">The id of the request.</param>
/// <param name="ResponseType"><c>embeddings_by_type</c>.</param>
/// <param name="Embeddings">The vectors by form.</param>
/// <param name="Texts">The texts.</param>
/// <param name="Meta">What the request cost.</param>
internal sealed record EmbedAnswer(
    string Id, string ResponseType, EmbeddingForms Embeddings, IReadOnlyList<string> Texts, CohereMeta Meta);
