using Semblance.Tensors;

namespace Semblance.Cli.Input;

/// <summary>Texts with their vectors.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Vectors"><c>[texts × dimension]</c>.</param>
/// <param name="Similarity">How the model compares them; the cosine where there is no model.</param>
/// <param name="Summary">How long it took, as in "encoded 10 lines in 0.25 s".</param>
internal sealed record EncodedLines(List<string> Texts, Tensor Vectors, SimilarityFunction Similarity, string Summary);
