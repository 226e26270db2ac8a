namespace Semblance.Server.OpenAI;

/// <summary>Represents the vector of one text.</summary>
/// <param name="Object"><c>embedding</c>.</param>
/// <param name="Index">The index of the text.</param>
/// <param name="Embedding">The vector.</param>
internal sealed record EmbeddingItem(string Object, int Index, EmbeddingValue Embedding);
