namespace Semblance.Server.Cohere;

/// <summary>Represents the answer of <c>/v1/embed</c> to a request that names no forms of the vectors.</summary>
/// <param name="Id">The id of the request.</param>
/// <param name="ResponseType"><c>embeddings_floats</c>.</param>
/// <param name="Embeddings">The vectors.</param>
/// <param name="Texts">The texts.</param>
/// <param name="Meta">What the request cost.</param>
internal sealed record OldEmbedAnswer(
    string Id, string ResponseType, IReadOnlyList<float[]> Embeddings, IReadOnlyList<string> Texts, CohereMeta Meta);
