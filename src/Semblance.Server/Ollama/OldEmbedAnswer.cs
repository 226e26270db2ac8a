namespace Semblance.Server.Ollama;

/// <summary>Represents the answer of <c>/api/embeddings</c>.</summary>
/// <param name="Embedding">The vector; empty for an empty text.</param>
internal sealed record OldEmbedAnswer(float[] Embedding);
