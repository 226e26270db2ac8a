namespace Semblance.Extensions.AI;

/// <summary>Computes embeddings of texts.</summary>
internal sealed class TextEmbeddingGenerator<TEmbedding>(ModelSource<SentenceTransformer> source, EmbeddingSettings settings)
    : SentenceEmbeddingGenerator<string, TEmbedding>(source, settings)
    where TEmbedding : Microsoft.Extensions.AI.Embedding
{
    protected override Embeddings Encode(
        SentenceTransformer model, IReadOnlyList<string> inputs, EncodingRequest request, CancellationToken cancellationToken) =>
        request.Encode(model, inputs, cancellationToken);
}
