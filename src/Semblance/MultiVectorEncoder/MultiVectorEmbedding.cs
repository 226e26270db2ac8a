using Semblance.Tensors;

namespace Semblance;

/// <summary>One text of a stream, and the vectors of its tokens.</summary>
/// <param name="Text">The text.</param>
/// <param name="Vectors">The vectors, <c>[tokens that count × dimension]</c>.</param>
/// <param name="TokenCount">The number of tokens of the text that the model saw.</param>
/// <param name="Truncated">Whether the text was longer than the model takes.</param>
public sealed record MultiVectorEmbedding(string Text, Tensor Vectors, int TokenCount, bool Truncated);
