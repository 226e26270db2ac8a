using Semblance.Tensors;

namespace Semblance;

/// <summary>Represents one text of a stream with the vectors of its tokens.</summary>
/// <param name="Text">The text.</param>
/// <param name="Vectors">The vectors, <c>[kept tokens × dimension]</c>.</param>
/// <param name="TokenCount">The number of tokens of the text that the model encoded.</param>
/// <param name="Truncated">
/// <see langword="true"/> if the text was longer than the maximum sequence length; otherwise, <see langword="false"/>.
/// </param>
public sealed record MultiVectorEmbedding(string Text, Tensor Vectors, int TokenCount, bool Truncated);
